"""Arguments that several verbs share."""

import os
import pathlib

from .. import overlay, sandbox, toolchain, tree
from ..errors import CourseError
from ..grader import Settings

SECRET_VARIABLE = "TOKENWALK_COURSE_SECRET"


def add_grading(parser):
    parser.add_argument("--chapters", default="", metavar="03,05",
                        help="chapters that the assignment has (default: all)")
    parser.add_argument("--assignment", default="all", help="its name; hidden inputs depend on it")
    parser.add_argument("--secret", metavar="FILE",
                        help=f"the course's secret, at least 16 bytes (or ${SECRET_VARIABLE}): "
                             "hidden inputs depend on it")
    parser.add_argument("--tier", type=int, choices=[1, 2, 3], help="the sandbox: 1 bubblewrap, "
                        "2 a user of its own and Landlock, 3 none (default: the best that works)")
    parser.add_argument("--unsafe", action="store_true", help="allow tier 3")
    parser.add_argument("--cache", type=pathlib.Path, default=toolchain.BUILD / "course-cache",
                        help="folder of compiled files")
    add_overlay(parser)


def add_overlay(parser):
    parser.add_argument("--overlay", type=pathlib.Path, metavar="DIR",
                        help="a private tree of further exercises, hidden tests and mutants")


def read_secret(args):
    if args.secret:
        secret = pathlib.Path(args.secret).read_bytes().strip()
    else:
        secret = os.environ.get(SECRET_VARIABLE, "").encode()
    if len(secret) < 16:
        raise CourseError("no secret of the course", f"{len(secret)} bytes", "at least 16 bytes",
                          f"--secret FILE or ${SECRET_VARIABLE}; make one once: "
                          "head -c 24 /dev/urandom | base64 > secret")
    return secret


def chosen(args):
    chapters = tree.read_chapters()
    return tree.choose(chapters, [n for n in args.chapters.split(",") if n])


def settings(args):
    """Prepares what grading needs. Everything that can go wrong for all does so here."""
    overlay.enter(args.overlay)
    secret = read_secret(args)
    toolchain.prepare()
    tier = sandbox.choose_tier(args.tier, args.unsafe)
    return Settings(chosen(args), tier, args.assignment, secret, cache=args.cache)
