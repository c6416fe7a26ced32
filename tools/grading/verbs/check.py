"""check [03]: the public tests, on this machine, in one process each chapter."""

import json
import subprocess

from .. import tree
from ..errors import CourseError


def add_to(adders, name):
    parser = adders.add_parser(
        name, help="run the public tests of chapters",
        description="Builds a chapter with its public tests in one program, build/check/check_03, "
                    "and runs it: for each test that fails the call, the expected and the given "
                    "answer, the first difference and a hint.")
    parser.add_argument("chapters", nargs="*", metavar="03", help="chapters (default: all)")
    parser.add_argument("--test", metavar="NAME", help='only this one, such as "03.3 ends"')
    parser.set_defaults(run=run)


def build(targets):
    folder = tree.ROOT / "build"
    steps = [["ninja", "-C", folder, *targets]]
    cache = folder / "CMakeCache.txt"
    if not cache.exists() or "TOKENWALK_CHECKS:BOOL=ON" not in cache.read_text():
        steps.insert(0, ["cmake", "--preset", "default", "-DTOKENWALK_CHECKS=ON"])
    for step in steps:
        done = subprocess.run(step, cwd=tree.ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            raise CourseError("building failed", (done.stdout + done.stderr)[-6000:])


def cases_of(chapter):
    """The file of cases: given out with the students' tree, made by the driver in ours."""
    if tree.is_student_tree():
        return tree.ROOT / "tools" / "grading" / "cases" / f"ch{chapter.label}.json"
    from .. import student_tree, toolchain

    toolchain.prepare()
    made = subprocess.run([toolchain.driver(chapter), "--cases",
                           json.dumps(student_tree.public_plan(chapter))],
                          capture_output=True, check=True)
    path = tree.ROOT / "build" / "check" / f"ch{chapter.label}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(made.stdout)
    return path


def run_one(chapter, test):
    program = tree.ROOT / "build" / "check" / f"check_{chapter.label}"
    command = [program, cases_of(chapter), *([test] if test else [])]
    print(f"{chapter.label} {chapter.title}")
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, errors="replace")
    hints = {t.name: t.hint for t in chapter.tests}
    failed = None
    for line in done.stdout.splitlines():
        print(line)
        if line.startswith("FAILED "):
            failed = line.removeprefix("FAILED ").split(",")[0]
        if line.startswith("  first difference") and failed in hints:
            print(f"  hint: {hints[failed]}")
    if done.returncode < 0:
        print(f"  the program ended with signal {-done.returncode}; see where with\n"
              f"  gdb --args {' '.join(map(str, command))}")
    return done.returncode == 0


def run(args):
    names = args.chapters or ([args.test[:2]] if args.test else [])
    chapters = tree.choose(tree.read_chapters(), names)
    build([f"check_{c.label}" for c in chapters])
    return 0 if all([run_one(c, args.test) for c in chapters]) else 1
