"""What the tests share: the package on the path, and results as a grader writes them."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.dont_write_bytecode = True

from grading import result, sandbox, tree  # noqa: E402
from grading.errors import CourseError  # noqa: E402


def sandbox_or_skip(case):
    try:
        return sandbox.choose_tier()
    except CourseError as error:
        case.skipTest(error.text)


def line(test, verdict, **details):
    return {"test": test, "verdict": verdict, "details": details, "seconds": 0.01, "distance": 0}


def sample(path, verdict="passed", student="s1"):
    """A finished result of chapters 02 and 03: chapter 02 ran, 03 did not compile."""
    chapters = tree.choose(tree.read_chapters(), ["02", "03"])
    made = result.Result(path, chapters, {"assignment": "a1", "submission": student, "grader": "g1",
                                          "sandbox": {"tier": 1, "what": "test"}})
    for test in chapters[0].tests:
        made.add(line(test.name, verdict, fn="argmax", args={"logits": [1, 2]}, where="/value",
                      expected={"value": 1}, got={"value": 0}, expected_there=1, got_there=0,
                      printed="said\\x00this"))
    made.close_chapter(chapters[1], "compile_error", "nucleus.cpp:1: error: \x1b[31mno\x00")
    made.finish()
    return made.document
