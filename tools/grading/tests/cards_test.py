"""The cards and the solution regions: each region one exercise, points that add up."""

import unittest

import support  # noqa: F401
from grading import regions, submission, tree


class Cards(unittest.TestCase):
    chapters = tree.read_chapters()

    def test_chapters_1_to_10_are_graded(self):
        self.assertEqual([c.number for c in self.chapters], list(range(1, 11)))

    def test_regions_and_exercises_are_the_same(self):
        for chapter in self.chapters:
            found = {r.id: path for path in chapter.edit
                     for r in regions.find_regions(submission.reference(path), path)}
            self.assertEqual(found, {e["id"]: e["file"] for e in chapter.exercises})

    def test_holes_are_few_and_short(self):
        for chapter in self.chapters:
            self.assertTrue(3 <= len(chapter.exercises) <= 6, chapter.id)
            for path in chapter.edit:
                text = submission.reference(path)
                for region in regions.find_regions(text, path):
                    self.assertLessEqual(region.end - region.begin - 1, 25, region)

    def test_points(self):
        for chapter in self.chapters:
            self.assertEqual(chapter.points, 100)
            for exercise in chapter.exercises:
                self.assertEqual(sum(t["points"] for t in exercise["graded"]), exercise["points"])
                self.assertTrue(any(t["visibility"] == "public" for t in exercise["graded"]))

    def test_no_file_is_edited_in_two_chapters(self):
        files = [path for chapter in self.chapters for path in chapter.edit]
        self.assertEqual(len(files), len(set(files)))


if __name__ == "__main__":
    unittest.main()
