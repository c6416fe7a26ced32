"""An instructor's private tree over this one."""

import pathlib
import tempfile
import unittest

import support  # noqa: F401
from grading import overlay
from grading.errors import CourseError
from grading.tree import ROOT


class Overlay(unittest.TestCase):
    def test_merging_writes_both_and_only_what_changed(self):
        with tempfile.TemporaryDirectory() as folder:
            private = pathlib.Path(folder) / "private"
            path = private / "tools/grading/mutants/ch02.txt"
            path.parent.mkdir(parents=True)
            path.write_text("== private\n")
            merged = overlay.merge(ROOT, private)
            self.assertEqual((merged / "tools/grading/mutants/ch02.txt").read_text(), "== private\n")
            same = merged / "CMakeLists.txt"
            self.assertEqual(same.read_bytes(), (ROOT / "CMakeLists.txt").read_bytes())
            before = same.stat().st_mtime_ns
            overlay.merge(ROOT, private)
            self.assertEqual(same.stat().st_mtime_ns, before)

    def test_other_places_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "CMakeLists.txt").write_text("")
            with self.assertRaises(CourseError) as caught:
                overlay.files_of(pathlib.Path(folder))
        self.assertIn("paths below chapters", caught.exception.text)


if __name__ == "__main__":
    unittest.main()
