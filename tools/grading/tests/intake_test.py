import os
import pathlib
import tempfile
import unittest

import support  # noqa: F401
from grading import hostile_intake, intake, submission, tree


class Intake(unittest.TestCase):
    chapter = tree.choose(tree.read_chapters(), ["02"])[0]

    def test_hostile_folders_and_archives(self):
        for name, make, stated in hostile_intake.ATTACKS:
            if stated == "compile_error":
                continue  # the compiler's to refuse
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                files, refused = hostile_intake.run(name, make, self.chapter, folder)
                self.assertEqual(refused.partition(":")[0], stated)
                self.assertEqual(files is None, bool(stated))

    def test_only_the_files_of_the_list_are_taken(self):
        with tempfile.TemporaryDirectory() as folder:
            hostile_intake.further_files(self.chapter, folder)
            files, _ = intake.take(folder, self.chapter)
        self.assertEqual(files, submission.solved(self.chapter))

    def test_no_descriptor_stays_open(self):
        def count():
            return len(os.listdir("/proc/self/fd"))

        with tempfile.TemporaryDirectory() as folder:
            before = count()
            intake.take(folder, self.chapter)
            hostile_intake.honest(self.chapter, folder)
            intake.take(pathlib.Path(folder), self.chapter)
        self.assertEqual(count(), before)


if __name__ == "__main__":
    unittest.main()
