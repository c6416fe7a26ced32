"""release OUT: the students' tree."""

import argparse
import pathlib

from .. import archive, release, sandbox, toolchain, tree
from ..errors import CourseError
from ..grader import Settings
from . import common


def add_to(adders, name):
    parser = adders.add_parser(
        name, help="cut the students' tree", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Writes the students' tree and OUT.tar.gz, checked: compiles without warnings, "
                    "scores 0,\nholds no line of a solution, no hidden test, no history.")
    parser.add_argument("out", type=pathlib.Path, metavar="OUT", help="a new folder")
    parser.add_argument("--with-binaries", metavar="01-04", default="",
                        help="add these chapters as compiled libraries, for who is stuck in one")
    parser.add_argument("--no-site", action="store_true",
                        help="leave out the rendered pages (tools/docs, some 20 s)")
    common.add_overlay(parser)
    parser.set_defaults(run=run)


def span(text, chapters):
    """The chapters of "01-04"."""
    if not text:
        return []
    first, _, last = text.partition("-")
    if not (first.isdigit() and (last or first).isdigit()):
        raise CourseError("bad chapters", text, "such as 01-04")
    return [c for c in chapters if int(first) <= c.number <= int(last or first)]


def run(args):
    common.overlay.enter(args.overlay)
    toolchain.prepare()
    chapters = tree.read_chapters()
    binaries = span(args.with_binaries, chapters)
    holes = release.make(args.out, binaries)
    print(f"{holes} holes in {len(chapters)} chapters")
    release.check_no_names(args.out)
    release.check_no_solutions(args.out)
    print("no line of a solution, no hidden test, no history")
    release.check_warnings(args.out)
    print("compiles without warnings")
    settings = Settings(chapters, sandbox.choose_tier(), secret=b"of no importance")
    release.check_zero(args.out, settings)
    print("scores 0")
    if not args.no_site:
        release.check_site(args.out)
        print("site/index.html: no line of a solution")
    packed = args.out.resolve().with_name(f"{args.out.resolve().name}.tar.gz")
    print(f"{packed.name}  sha256 {archive.make(args.out, packed)}")
