"""The verbs of tools/course and their arguments."""

import argparse
import sys

from .errors import CourseError
from .tree import is_student_tree

DESCRIPTION = """\
The course, cut from this tree. Students: check, submit, doctor. Staff: all verbs.
Exit codes: 0 done (whatever the score), 1 a check failed, 2 wrong usage, 3 the sandbox or the tools
failed and nothing was graded."""

STUDENT_VERBS = ["check", "submit", "doctor"]
STAFF_VERBS = ["release", "grade", "grade-all", "export", "summary", "explain", "regrade", "audit",
               "selftest", "gradescope-zip", "convert"]


def make_parser():
    from . import verbs

    parser = argparse.ArgumentParser(prog="tools/course", description=DESCRIPTION,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    adders = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    names = STUDENT_VERBS + ([] if is_student_tree() else STAFF_VERBS)
    for name in names:
        verbs.load(name).add_to(adders, name)
    return parser


def main(arguments):
    try:
        args = make_parser().parse_args(arguments)
        return args.run(args) or 0
    except CourseError as error:
        print(f"tools/course: {error.text}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130
