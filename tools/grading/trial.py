"""Grades one chapter's files without a submission's folder: for audit and selftest."""

import dataclasses

from . import grader


@dataclasses.dataclass(frozen=True)
class Trial:
    verdicts: dict  # test: verdict
    distances: dict  # test: largest relative difference of two numbers, for tests that ran
    lines: dict  # test: the driver's line
    points: int
    log: str = ""


def run(chapter, files, settings, compiler, student="audit", tests=None):
    tests = list(tests or chapter.tests)
    compiled = compiler.compile(chapter, files)
    if compiled.worker is None:
        return Trial({t.name: compiled.verdict for t in tests}, {}, {}, 0, compiled.log)
    lines = {}
    grader.run_driver(chapter, compiled.worker, grader.plan_of(tests, student, settings), settings,
                      lambda line: lines.update({line["test"]: line}))
    verdicts = {name: line["verdict"] for name, line in lines.items()}
    points = sum(t.points for t in tests if verdicts[t.name] == "passed")
    return Trial(verdicts, {n: line["distance"] for n, line in lines.items()}, lines, points)
