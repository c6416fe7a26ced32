"""Submissions made from this tree, for tests of the grader: the reference with regions changed."""

import functools
import pathlib

from . import regions
from .tree import ROOT  # noqa: F401


@functools.cache
def reference(path):
    return (ROOT / path).read_text()


def starter(chapter):
    """The chapter's files with all holes: what students begin with."""
    symbols = {e["id"]: e["symbol"] for e in chapter.exercises}
    return {p: regions.cut(reference(p), p, symbols).encode() for p in chapter.edit}


def solved(chapter, bodies=None):
    """The reference's files; bodies (exercise: lines) stand in the regions instead."""
    return {p: regions.replace(reference(p), p, bodies or {}).encode() for p in chapter.edit}


def write(folder, files):
    for path, content in files.items():
        target = pathlib.Path(folder) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
