"""audit: do the tests tell right from wrong?"""

import json
import os
import time

from .. import audit, sandbox, toolchain, tree
from ..compiler import Compiler
from ..errors import CourseError
from ..grader import Settings
from . import common


def add_to(adders, name):
    parser = adders.add_parser(
        name, help="try right and wrong solutions on the tests",
        description="Reference and variants must score 100, the starter 0, every mutant must lose "
                    "points within its band, every test must find a mutant.")
    parser.add_argument("chapters", nargs="*", metavar="03", help="chapters (default: all)")
    parser.add_argument("-j", "--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--times", type=int, default=1, metavar="20",
                        help="repeat with other hidden inputs; every verdict must be the same")
    parser.add_argument("--table", action="store_true", help="print what every mutant costs")
    common.add_overlay(parser)
    parser.set_defaults(run=run)


def tolerances(chapters):
    """{test: tolerance}; the drivers' tests and the cards' must be the same."""
    found = {}
    for chapter in chapters:
        checks = json.loads(toolchain.run([toolchain.driver(chapter), "--list"], "asking a driver"))
        names = [c["name"] for c in checks]
        if sorted(names) != sorted(t.name for t in chapter.tests):
            raise CourseError(f"the card of chapter {chapter.label} and its checks differ",
                              str([t.name for t in chapter.tests]), str(names))
        found.update({c["name"]: c["tolerance"] for c in checks})
    return found


def print_report(report, table):
    if table:
        for chapter, mutant, lost, tests in report.losses:
            print(f"{chapter.label} {mutant.kind:5} {lost:3}  {mutant.exercise} {mutant.name}: "
                  f"{', '.join(tests)}")
    print("test                             largest valid  tolerance  smallest wrong")
    for test, valid, tolerance, smallest in report.tolerances:
        shown = "-" if smallest is None else f"{smallest:.1e}"
        print(f"{test:35}{valid:11.1e}{tolerance:11.0e}{shown:>16}")


def run(args):
    common.overlay.enter(args.overlay)
    toolchain.prepare()
    chapters = tree.choose(tree.read_chapters(), args.chapters)
    settings = Settings(chapters, sandbox.choose_tier(), secret=b"the secret of the audit")
    compiler = Compiler(settings.tier, settings.limits, settings.cache)
    checks = tolerances(chapters)
    start, first, faults = time.monotonic(), None, []
    for round_ in range(args.times):
        results = audit.run(chapters, settings, compiler, args.jobs, f"student {round_}",
                            lambda total: None)
        report = audit.judge(chapters, results, checks)
        faults += report.faults
        verdicts = {(n, str(getattr(w, "name", w))): t.verdicts for n, rows in results.items()
                    for w, t in rows}
        first = first or verdicts
        faults += [f"round {round_ + 1}: {key} differs from the first round"
                   for key in first if first[key] != verdicts[key]]
    print_report(report, args.table)
    for fault in faults:
        print(f"FAULT {fault}")
    c = report.counts
    print(f"{c['holes']} holes, {c['tests']} tests, {c['variants']} variants of all holes, "
          f"{c['mutants']} mutants, {args.times} rounds in {time.monotonic() - start:.0f} s: "
          f"{len(faults)} faults")
    return 1 if faults else 0
