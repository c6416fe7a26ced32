"""The students' tree: cut, checked, the same every time, and usable by a student."""

import hashlib
import pathlib
import subprocess
import tempfile
import unittest

import support
from grading import leaks, regions, release, submission, toolchain, tree
from grading.errors import CourseError
from grading.tree import ROOT


class Release(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        toolchain.prepare()
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name) / "students"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def course(self, *arguments, root=ROOT):
        command = [root / "tools" / "course", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True)

    def test_1_release_checks_itself_and_is_reproducible(self):
        support.sandbox_or_skip(self)
        hashes = []
        for _ in range(2):
            done = self.course("release", self.out, "--no-site")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            for line in ("48 holes in 10 chapters", "scores 0", "compiles without warnings"):
                self.assertIn(line, done.stdout)
            archive = self.out.with_name("students.tar.gz")
            hashes.append(hashlib.sha256(archive.read_bytes()).hexdigest())
        self.assertEqual(hashes[0], hashes[1])

    def test_2_a_solution_left_in_the_tree_is_found(self):
        chapters = tree.read_chapters()
        path = "chapters/03_nucleus_sampling/nucleus.cpp"
        text = submission.reference(path)
        region = next(r for r in regions.find_regions(text, path) if r.id == "03.3")
        page = self.out / "chapters/03_nucleus_sampling/page.md"
        before = page.read_text()
        page.write_text(before + "\n".join(regions.solution_lines(text, region)))
        found = leaks.find(ROOT, self.out, chapters)
        page.write_text(before)
        self.assertTrue(any("03.3" in leak for leak in found), found)
        self.assertEqual(leaks.find(ROOT, self.out, chapters), [])

    def test_3_nothing_for_staff_is_in_it(self):
        for name in ("checks", "driver", "box", "mutants", "variants", "hostile", "tests"):
            self.assertFalse((self.out / "tools/grading" / name).exists(), name)
        self.assertFalse((self.out / ".git").exists())
        self.assertRaises(CourseError, release.student_tree.empty, ROOT / "chapters")

    def test_4_a_student_checks_and_submits(self):
        done = self.course("check", "02", root=self.out)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("to do  02.1 maximum: exercise 02.1 argmax is not written yet", done.stdout)
        chapter = tree.choose(tree.read_chapters(), ["02"])[0]
        submission.write(self.out, submission.solved(chapter, {
            "02.1": ["  (void)logits;", "  return 0;"]}))
        done = self.course("check", "02", root=self.out)
        self.assertIn("FAILED 02.1 maximum, call 1 of 4", done.stdout, done.stderr)
        self.assertIn("first difference at /value: expected 1, got 0", done.stdout)
        self.assertIn("hint: Start with the first logit", done.stdout)
        self.assertIn("passed 02.2 division", done.stdout)
        made = self.out / "submission.zip"
        self.assertEqual(self.course("submit", "02", "--out", made, root=self.out).returncode, 0)
        self.assertIn("softmax.cpp", subprocess.run(["python3", "-m", "zipfile", "-l", made],
                                                    capture_output=True, text=True).stdout)
        self.assertNotEqual(self.course("grade", self.out, root=self.out).returncode, 0)


if __name__ == "__main__":
    unittest.main()
