"""What students get: this tree with holes, without what only staff needs."""

import json
import pathlib
import shutil

from . import overlay, regions, seeds, tree

# Of tools/grading students keep what check, submit and doctor use.
STAFF = ["CMakeLists.txt", "archive.py", "audit.py", "bands.py", "class_run.py", "compiler.py",
         "documents.py", "grader.py", "hostile.py", "leaks.py", "overlay.py", "release.py",
         "result.py", "seeds.py", "selftest.py", "student_tree.py", "submission.py", "variants.py",
         "box", "checks", "driver", "formats", "hostile", "mutants", "variants", "tests", "recipes",
         "gradescope"]
STAFF_VERBS = ["common.py", "release.py", "grade.py", "grade_all.py", "export.py", "summary.py",
               "explain.py", "regrade.py", "audit.py", "selftest.py", "gradescope_zip.py",
               "convert.py"]
KEPT = ["formats/__init__.py", "formats/feedback.py"]
GONE = [".ci", ".github", "docs/instructor_guide.md"]


def is_for_staff(path):
    name = str(path)
    inner = name.removeprefix("tools/grading/")
    if name.startswith("tools/grading/"):
        if inner in KEPT or inner.startswith("operations/"):
            return False
        return inner.split("/")[0] in STAFF or inner.removeprefix("verbs/") in STAFF_VERBS
    return any(name == gone or name.startswith(f"{gone}/") for gone in GONE)


def copy(root, out):
    for path in overlay.tracked(root):
        if (root / path).is_file() and not is_for_staff(path):
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / path, target)


def cut_holes(out, chapters):
    """Holes in all files that are edited; returns the ids of those cut."""
    ids = []
    for chapter in chapters:
        symbols = {e["id"]: e["symbol"] for e in chapter.exercises}
        for name in chapter.edit:
            path = out / name
            text = path.read_text()
            ids += [r.id for r in regions.find_regions(text, name) if r.id in symbols]
            path.write_text(regions.cut(text, name, symbols))
    return ids


def hide_hidden_tests(out):
    """Cards without the tests that students do not see; the points stay, as one number."""
    for path in out.glob("chapters/*/chapter.json"):
        card = json.loads(path.read_text())
        for exercise in card["exercises"]:
            if "graded" in exercise:
                hidden = [t for t in exercise["graded"] if t["visibility"] == "hidden"]
                exercise["graded"] = [t for t in exercise["graded"] if t not in hidden]
                exercise["hidden_points"] = sum(t["points"] for t in hidden)
        path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def public_plan(chapter):
    return {"tests": [{"name": t.name, "seed": seeds.public_seed(t.name)}
                      for t in chapter.tests if t.public]}


def write_mark(out, chapters, version):
    mark = {"course": "tokenwalk", "grader": version, "chapters": [c.id for c in chapters]}
    (out / tree.MARK).write_text(json.dumps(mark, indent=2) + "\n")


def empty(out):
    """Makes the folder; anything in it but an earlier release is not touched."""
    out = pathlib.Path(out)
    if out.exists() and any(out.iterdir()) and not (out / tree.MARK).exists():
        raise tree.CourseError("the folder is not empty", str(out), "a new or empty folder")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    return out
