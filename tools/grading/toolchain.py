"""What grading needs compiled: drivers, the sandbox, and for each chapter what a worker is linked
with. Everything lies in build/; `prepare` makes it and does nothing when it is there."""

import contextlib
import fcntl
import hashlib
import pathlib
import shutil
import subprocess

from . import regions
from .errors import InfraError
from .tree import ROOT, read_chapters

BUILD = ROOT / "build"
COURSE = BUILD / "course"  # what prepare makes of the build's libraries
BINARIES = BUILD / "tools" / "grading"
LIBRARIES = [BINARIES, BINARIES / "check"]
INCLUDE = COURSE / "include"

# Of a worker's own chapter only these files are given; all others are the student's or not needed.
OWN = {1: ["char_class", "utf8"]}
# Earlier chapters are the reference's, without what would do a later exercise's work.
WITHHELD = {6: ["forward_full"], 7: ["forward_full"], 8: [], 9: ["forward_full", "generate_cached"],
            10: ["forward_full"]}
# Chapters 06 and later see generate_naive.cpp without this region.
CUT_FROM_SIX = ("chapters/05_naive_generate/generate_naive.cpp", "05.3", "generate_naive")

# Read once for all: most of the time that a student's file takes goes into these. The default build
# of the tree has them precompiled too, so what compiles there compiles here.
STANDARD = ["algorithm", "cmath", "cstdint", "deque", "filesystem", "functional", "limits", "map",
            "memory", "numeric", "set", "span", "sstream", "string", "string_view", "tuple",
            "unordered_map", "utility", "vector"]
FLAGS = ["-std=c++20", "-O1", "-ffp-contract=off", "-w", "-fmax-errors=20",
         "-fdiagnostics-color=never"]


def driver(chapter):
    return BINARIES / f"course_driver_{chapter.label}"


def box():
    return BINARIES / "course_box"


def base(chapter):
    return COURSE / chapter.label


@contextlib.contextmanager
def lock():
    """One process prepares at a time; others wait and then find it done."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "course.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(command, what):
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace")
    if done.returncode != 0:
        raise InfraError(f"{what} failed", done.stdout[-3000:], " ".join(map(str, command)))
    return done.stdout


def prepare():
    with lock():
        configured = BUILD / "CMakeCache.txt"
        if not configured.exists() or "TOKENWALK_COURSE:BOOL=ON" not in configured.read_text():
            run(["cmake", "--preset", "default", "-DTOKENWALK_COURSE=ON"], "configuring")
        run(["ninja", "-C", BUILD, "course"], "building the drivers")
        made = COURSE / "made"
        inputs = [pathlib.Path(__file__), *BUILD.glob("chapters/*.a"), *BUILD.glob("lib/*.a"),
                  *BINARIES.rglob("*.a"), *headers()]
        stamp = hashlib.sha256()
        for path in sorted(inputs):
            stamp.update(f"{path} {path.stat().st_mtime_ns}\n".encode())
        if not made.exists() or made.read_text() != stamp.hexdigest():
            make_bases()
            made.write_text(stamp.hexdigest())


def headers():
    return [path for folder in ("chapters", "lib") for pattern in ("*.h", "*.inc")
            for path in (ROOT / folder).rglob(pattern)]


def make_bases():
    shutil.rmtree(COURSE, ignore_errors=True)
    for path in headers():
        copy = INCLUDE / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    precompile()
    cut_object = make_cut_object()
    chapters = read_chapters()
    for chapter in chapters:
        make_base(chapter, [c for c in chapters if c.number < chapter.number], cut_object)
    for path in [COURSE, *COURSE.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def precompile():
    header = INCLUDE / "standard.h"
    header.write_text("".join(f"#include <{name}>\n" for name in STANDARD))
    run(["g++", *FLAGS, "-x", "c++-header", header, "-o", f"{header}.gch"], "precompiling")


def make_cut_object():
    file, exercise, symbol = CUT_FROM_SIX
    source = COURSE / "generate_naive.cut.cpp"
    source.write_text(regions.cut((ROOT / file).read_text(), file, {exercise: symbol}))
    made = COURSE / "generate_naive.cut.o"
    run(["g++", *FLAGS, f"-I{ROOT}", "-c", source, "-o", made], "compiling a base")
    source.unlink()
    return made


def objects(archive):
    return run(["ar", "t", archive], "reading an archive").split()


def copy_archive(archive, folder, keep):
    """A copy of the archive with the objects for which keep(name) holds; none: no copy."""
    kept = [name for name in objects(archive) if keep(name.split(".")[0])]
    if not kept:
        return
    copy = folder / archive.name
    shutil.copy(archive, copy)
    gone = [name for name in objects(archive) if name not in kept]
    if gone:
        run(["ar", "d", copy, *gone], "making a base")
    run(["ranlib", copy], "making a base")


def make_base(chapter, earlier, cut_object):
    folder = base(chapter)
    folder.mkdir()
    for name in ["worker", f"operations_{chapter.label}", "models", "answers", "protocol"]:
        found = [p for p in LIBRARIES if (p / f"libcourse_{name}.a").exists()]
        if found:
            shutil.copy(found[0] / f"libcourse_{name}.a", folder)
    for name in ("base", "kernels", "model", "io"):
        shutil.copy(BUILD / "lib" / f"libtokenwalk_{name}.a", folder)
    own = OWN.get(chapter.number, [])
    copy_archive(BUILD / "chapters" / f"libch_{chapter.id}.a", folder, own.__contains__)
    withheld = set(WITHHELD.get(chapter.number, []))
    if chapter.number > 5:
        withheld.add("generate_naive")
        shutil.copy(cut_object, folder / "generate_naive.o")
    for other in earlier:
        copy_archive(BUILD / "chapters" / f"libch_{other.id}.a", folder,
                     lambda name: name not in withheld)
