"""Cuts the students' tree and checks it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import grader, leaks, student_tree, toolchain, tree
from .errors import CourseError
from .result import grader_version

WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wnon-virtual-dtor", "-Werror",
            "-Wno-unused-parameter", "-Wno-unused-function", "-Wno-unused-variable",
            "-Wno-unused-but-set-variable"]


def make(out, with_binaries=()):
    """The tree, with the public cases and, if wanted, earlier chapters as compiled libraries."""
    chapters = tree.read_chapters()
    out = student_tree.empty(out)
    student_tree.copy(tree.ROOT, out)
    cut = student_tree.cut_holes(out, chapters)
    wanted = [e["id"] for c in chapters for e in c.exercises]
    if sorted(cut) != sorted(wanted):
        raise CourseError("cards and regions differ", f"regions {sorted(cut)}", f"cards {wanted}")
    student_tree.hide_hidden_tests(out)
    for chapter in chapters:
        write_cases(out, chapter)
    for chapter in with_binaries:
        add_binary(out, chapter)
    student_tree.write_mark(out, chapters, grader_version())
    return len(cut)


def write_cases(out, chapter):
    plan = json.dumps(student_tree.public_plan(chapter))
    cases = toolchain.run([toolchain.driver(chapter), "--cases", plan], "making public cases")
    path = out / "tools" / "grading" / "cases" / f"ch{chapter.label}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(cases)


def add_binary(out, chapter):
    """The reference of a chapter, compiled for this kind of machine: the build uses it instead of
    the student's own files if -DTOKENWALK_PREBUILT names the chapter."""
    folder = out / "prebuilt"
    folder.mkdir(exist_ok=True)
    shutil.copy(toolchain.BUILD / "chapters" / f"libch_{chapter.id}.a", folder)


# ---- checks ------------------------------------------------------------------------------------


def check_no_solutions(out):
    found = leaks.find(tree.ROOT, out, tree.read_chapters())
    if found:
        raise CourseError("solutions in the students' tree", "\n".join(found[:20]), "none")


def check_no_names(out):
    """Hidden tests' names, seeds and history must not be there."""
    names = [t.name.split(" ", 1)[1] for c in tree.read_chapters() for t in c.tests if not t.public]
    for path in out.glob("chapters/*/chapter.json"):
        text = path.read_text()
        for name in set(names) - {t.name.split(" ", 1)[1] for c in tree.read_chapters()
                                  for t in c.tests if t.public}:
            if f'"name": "{name}"' in text:
                raise CourseError("a hidden test in a card", f"{path}: {name}", "public ones alone")
    if (out / ".git").exists() or (out / "tools/grading/checks").exists():
        raise CourseError("history or hidden checks in the students' tree", str(out), "neither")


def check_warnings(out):
    """Every file with holes compiles without a warning, with the flags that students get."""
    for chapter in tree.read_chapters():
        for name in chapter.edit:
            toolchain.run(["g++", "-std=c++20", *WARNINGS, f"-I{out}", "-fsyntax-only", out / name],
                          f"compiling {name} of the students' tree")


def check_zero(out, settings):
    """The tree as it is, handed in, scores nothing at all."""
    with tempfile.TemporaryDirectory(dir=toolchain.BUILD) as folder:
        result = pathlib.Path(folder) / "result.json"
        document = grader.grade(out, "starter", result, settings)
    if document["score"] != 0:
        passed = [t["test"] for t in document["tests"] if t["score"]]
        raise CourseError("the students' tree scores points as it is",
                          f"{document['score']}: {', '.join(passed)}", "0")
    return document


def check_site(out):
    """The students' site, built from the students' tree, has no solutions either."""
    done = subprocess.run([out / "tools" / "docs"], cwd=out, capture_output=True, text=True,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    if done.returncode != 0:
        raise CourseError("the students' site was not built", (done.stdout + done.stderr)[-2000:])
    site = out / "build" / "site"
    found = leaks.find(tree.ROOT, site, tree.read_chapters())
    if found:
        raise CourseError("solutions in the students' site", "\n".join(found[:20]), "none")
    shutil.move(site, out / "site")
    shutil.rmtree(out / "build")
