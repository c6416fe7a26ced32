"""--overlay DIR: private exercises, hidden tests and mutants, from an instructor's own repository.

The overlay has the paths of this tree and holds only files that are new or different. A copy of
this tree with the overlay's files over it is kept beside the build, and the command goes on there.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from .errors import CourseError
from .tree import ROOT

PLACES = ("chapters", "tests/support", "tools/grading")
INSIDE = "TOKENWALK_COURSE_OVERLAY"


def enter(overlay):
    """Starts the command again in the merged tree; returns if there is none or we are there."""
    if overlay is None or INSIDE in os.environ:
        return
    merged = merge(ROOT, overlay.resolve())
    os.environ[INSIDE] = str(overlay)
    os.execv(sys.executable, [sys.executable, str(merged / "tools" / "course"), *sys.argv[1:]])


def files_of(overlay):
    if not overlay.is_dir():
        raise CourseError("no such overlay", str(overlay), "a folder with the paths of this tree")
    files = [p.relative_to(overlay) for p in sorted(overlay.rglob("*")) if p.is_file()
             and ".git" not in p.parts and p.suffix != ".md"]
    wrong = [str(f) for f in files if not str(f).startswith(PLACES)]
    if wrong:
        raise CourseError("an overlay with files in other places", wrong[0],
                          "paths below " + ", ".join(PLACES))
    return files


def tracked(root):
    done = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True)
    if done.returncode != 0:
        raise CourseError("cannot list the tree's files", done.stderr.decode(),
                          "a clone of the repository")
    return [pathlib.Path(name.decode()) for name in done.stdout.split(b"\0") if name]


def merge(root, overlay):
    """The merged tree's path. Only what changed is written, so that little is built again."""
    name = hashlib.sha256(str(overlay).encode()).hexdigest()[:12]
    merged = root / "build-overlay" / name
    wanted = {path: root / path for path in tracked(root) if (root / path).is_file()}
    wanted.update({path: overlay / path for path in files_of(overlay)})
    for path, source in wanted.items():
        copy = merged / path
        if not copy.exists() or copy.read_bytes() != source.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    return merged
