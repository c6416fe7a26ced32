"""Other right solutions: variants/chNN.txt holds bodies of regions, "== 03.3 2" being the second
one of 03.3. The n-th variant of a chapter has the n-th body of every exercise."""

from . import sections, submission
from .errors import CourseError
from .tree import ROOT

LEAST = 3  # for each exercise


def bodies(chapter):
    """{number: {exercise: lines}}"""
    path = ROOT / "tools" / "grading" / "variants" / f"ch{chapter.label}.txt"
    found = {}
    for heading, lines in sections.read(path):
        exercise, _, number = heading.partition(" ")
        found.setdefault(int(number), {})[exercise] = lines
    return found


def read(chapter):
    """{number: files}; every exercise must have at least LEAST bodies."""
    found = bodies(chapter)
    exercises = {e["id"] for e in chapter.exercises}
    for number in range(1, LEAST + 1):
        missing = exercises - set(found.get(number, {}))
        if missing:
            raise CourseError(f"variant {number} of chapter {chapter.label} lacks exercises",
                              " ".join(sorted(missing)), "a body for each")
    return {number: submission.solved(chapter, found[number]) for number in sorted(found)}
