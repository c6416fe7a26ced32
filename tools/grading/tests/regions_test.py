import unittest

import support  # noqa: F401
from grading import regions
from grading.errors import CourseError

TEXT = """#include "chapters/a/a.h"

#include "lib/base/check.h"
#include "lib/base/rng.h"

int f(int x) {
  // BEGIN SOLUTION 03.2
  return x + 1;
  // END SOLUTION
}
"""


class Regions(unittest.TestCase):
    def test_cut_leaves_a_hole_and_its_header(self):
        cut = regions.cut(TEXT, "a.cpp", {"03.2": "f"})
        self.assertNotIn("x + 1", cut)
        self.assertNotIn("SOLUTION", cut)
        self.assertIn('  throw NotImplemented("03.2 f");', cut)
        lines = cut.split("\n")
        self.assertEqual(lines[2:5], ['#include "lib/base/check.h"', regions.INCLUDE,
                                      '#include "lib/base/rng.h"'])

    def test_cut_takes_only_the_named_regions(self):
        self.assertEqual(regions.cut(TEXT, "a.cpp", {"03.3": "g"}), TEXT)

    def test_replace_keeps_the_marks(self):
        new = regions.replace(TEXT, "a.cpp", {"03.2": ["  return 7;"]})
        self.assertEqual(regions.solution_lines(new, regions.find_regions(new, "a.cpp")[0]),
                         ["  return 7;"])

    def test_bad_marks_are_errors_with_their_line(self):
        inner = TEXT.replace("  return x", "  // BEGIN SOLUTION 03.3\n  return x")
        cases = {
            "inside another": inner,
            "has not begun": TEXT.replace("  // BEGIN SOLUTION 03.2\n", ""),
            "without an end": TEXT.replace("  // END SOLUTION\n", ""),
            "empty": TEXT.replace("  return x + 1;\n", ""),
            "not a line of its own": TEXT.replace("return x + 1;", 'puts("BEGIN SOLUTION");'),
        }
        for message, text in cases.items():
            with self.assertRaises(CourseError) as caught:
                regions.find_regions(text, "a.cpp")
            self.assertIn(message, str(caught.exception))
            self.assertRegex(str(caught.exception), r"a\.cpp:\d+")


if __name__ == "__main__":
    unittest.main()
