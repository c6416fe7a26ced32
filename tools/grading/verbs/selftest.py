"""selftest: hostile submissions against this machine's sandbox."""

import os
import time

from .. import sandbox, selftest, toolchain
from ..compiler import Compiler
from ..grader import Settings

LIMITS = sandbox.Limits(compile_cpu=10, compile_wall=60, test_cpu=1, test_wall=6)


def add_to(adders, name):
    parser = adders.add_parser(
        name, help="hostile submissions against the grader",
        description="Every one must end as stated: no wrong score, nothing of the host shown.")
    parser.add_argument("-j", "--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--tier", type=int, choices=[1, 2], help="the sandbox (default: the best)")
    parser.add_argument("--only", default="", metavar="TEXT", help="those with TEXT in their names")
    parser.set_defaults(run=run)


def run(args):
    toolchain.prepare()
    settings = Settings([], sandbox.choose_tier(args.tier), secret=b"the secret of the selftest",
                        limits=LIMITS)
    start = time.monotonic()
    compiler = Compiler(settings.tier, settings.limits, settings.cache)
    n, messages = selftest.run(settings, compiler, args.jobs, args.only)
    for message in messages:
        print(f"FAULT {message}")
    print(f"{n} hostile submissions in {time.monotonic() - start:.0f} s, tier {settings.tier} "
          f"({sandbox.TIERS[settings.tier]}): {len(messages)} did not end as stated")
    return 1 if messages else 0
