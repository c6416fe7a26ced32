"""The tree that the course is cut from, or a students' tree, and its chapter cards."""

import dataclasses
import json
import pathlib

from .errors import CourseError

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARK = "course.json"  # stands at the top of a students' tree and says what it was cut from


@dataclasses.dataclass(frozen=True)
class Test:
    """A graded test. Its name, such as "03.3 ends", is that of a check in checks/chNN.cpp."""

    name: str
    exercise: str
    points: int
    public: bool
    hint: str


@dataclasses.dataclass(frozen=True)
class Chapter:
    number: int
    id: str
    title: str
    edit: tuple  # the files that students change
    exercises: tuple  # the code exercises' objects of the card
    tests: tuple

    @property
    def label(self):
        return f"{self.number:02}"

    @property
    def points(self):
        return sum(test.points for test in self.tests)


def to_chapter(card):
    code = tuple(e for e in card["exercises"] if e["kind"] == "code")
    tests = tuple(
        Test(f"{e['id']} {t['name']}", e["id"], t["points"], t["visibility"] == "public",
             t.get("hint", e["hint"]))
        for e in code for t in e.get("graded", []))
    return Chapter(card["number"], card["id"], card["title"], tuple(card["files"]["edit"]), code,
                   tests)


def read_chapters(root=ROOT):
    """The chapters that are graded, in order."""
    cards = [json.loads(path.read_text()) for path in root.glob("chapters/*/chapter.json")]
    chapters = [to_chapter(card) for card in sorted(cards, key=lambda card: card["number"])]
    return [chapter for chapter in chapters if chapter.tests]


def choose(chapters, wanted):
    """Those with the numbers in `wanted`, such as ["3", "05"]; all for an empty list."""
    if not wanted:
        return chapters
    try:
        numbers = [int(name[:2]) for name in wanted]
    except ValueError:
        numbers = [-1]
    known = {chapter.number: chapter for chapter in chapters}
    if not set(numbers) <= set(known):
        raise CourseError("no such chapter", " ".join(wanted),
                          "one of " + " ".join(c.label for c in chapters))
    return [known[number] for number in numbers]


def is_student_tree(root=ROOT):
    return (root / MARK).exists()
