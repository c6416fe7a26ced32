"""Known-wrong solutions: mutants/chNN*.txt hold small changes of the reference,

    == 03.3 fault: the crossing token is dropped
    - candidates.resize(kept);
    + candidates.resize(kept - 1);

each found exactly once in the exercise's region. The kind says what the mistake should cost."""

import dataclasses

from . import regions, sections, submission
from .errors import CourseError
from .tree import ROOT

# Points of the chapter's 100 that a mistake may cost: an edge forgotten, the piece wrong, or a
# piece that others in the chapter stand on.
BANDS = {"slip": (2, 35), "fault": (2, 75), "gap": (15, 100)}


@dataclasses.dataclass(frozen=True)
class Mutant:
    exercise: str
    kind: str
    name: str
    files: dict  # path: bytes, all of the chapter's

    @property
    def band(self):
        return BANDS[self.kind]


def region_of(chapter, exercise):
    """(path, lines) of an exercise's region in the reference."""
    for path in chapter.edit:
        text = submission.reference(path)
        for region in regions.find_regions(text, path):
            if region.id == exercise:
                return path, regions.solution_lines(text, region)
    raise CourseError("no such exercise", exercise, f"one of chapter {chapter.label}")


def changed(heading, lines, body):
    text = "\n".join(body)
    old = [line[1:].strip() for line in lines if line.startswith("-")]
    new = [line[1:].strip() for line in lines if line.startswith("+")]
    if not old or len(old) != len(new):
        raise CourseError(f"mutant {heading}", f"{len(old)} '-' and {len(new)} '+' lines",
                          "as many of the one as of the other")
    for before, after in zip(old, new):
        if text.count(before) != 1:
            raise CourseError(f"mutant {heading}: what it replaces is there {text.count(before)} "
                              "times", before, "once")
        text = text.replace(before, after)
    return text.split("\n")


def read(chapter):
    files = sorted((ROOT / "tools" / "grading" / "mutants").glob(f"ch{chapter.label}*.txt"))
    mutants = []
    for heading, lines in [section for path in files for section in sections.read(path)]:
        exercise, _, rest = heading.partition(" ")
        kind, _, name = rest.partition(": ")
        if kind not in BANDS:
            raise CourseError(f"mutant {heading}", kind, "one of " + ", ".join(BANDS))
        body = changed(heading, lines, region_of(chapter, exercise)[1])
        mutants.append(Mutant(exercise, kind, name, submission.solved(chapter, {exercise: body})))
    return mutants
