"""explain RESULT TEST: for staff, everything about one verdict."""

import pathlib
import shlex

from .. import documents
from ..errors import CourseError
from ..formats.feedback import explain


def add_to(adders, name):
    parser = adders.add_parser(name, help="input, verdict and how to repeat it, of one test")
    parser.add_argument("result", type=pathlib.Path, metavar="RESULT")
    parser.add_argument("test", metavar="TEST", help='its name, such as "03.3 ends"')
    parser.set_defaults(run=run)


def run(args):
    document = documents.read(args.result)
    found = [t for t in document["tests"] if t["test"] == args.test]
    if not found:
        raise CourseError("no such test in the result", args.test,
                          "one of " + ", ".join(t["test"] for t in document["tests"]))
    test = found[0]
    chapter = next(c for c in document["chapters"] if c["id"] == test["chapter"])
    print(f"{test['test']} ({test['visibility']}): {test['verdict']}, "
          f"{test['score']} of {test['max_score']}, {test['seconds']:.2f} s")
    print("\n".join(explain(test["details"])))
    if chapter["log"]:
        print(chapter["log"])
    print(f"hint: {test['hint']}")
    command = ["tools/course", "grade", "DIR", "--student", document["submission"],
               "--assignment", document["assignment"], "--chapters", test["chapter"][:2],
               "--tier", str(document["sandbox"]["tier"]), "--secret", "FILE", "--out", "again.json"]
    print(f"again: {shlex.join(command)} && tools/course explain again.json "
          f"{shlex.quote(test['test'])}")
