#!/usr/bin/env python3
"""Draws the tree of the repository from its own #include lines: tree_map.py OUT.svg

An arrow goes from a folder to one whose headers it includes; arrows that a longer way makes
superfluous are left out. A folder without a line below is a fault, so the picture stays whole.
"""

import re
import sys

from chapters import ROOT
from graph import draw_graph, reduced

FOLDERS = {
    "tests": "unit, property, kernel, golden and program tests",
    "docs/live": "the code that runs inside these pages",
    "tools/tokenwalk": "the command-line program and the protocol",
    "chapters": "the pieces that the book teaches, and their pages",
    "lib/model": "shape and weights of a model",
    "lib/kernels": "the operations from ids to logits, fast",
    "lib/io": "files of models and tokenizers",
    "lib/tensor": "n-dimensional arrays: reading and printing",
    "lib/draw": "pictures of the pages",
    "lib/base": "errors, random numbers, threads, the rule for sums",
}
SHORT = {
    "tests": "whether it is right", "docs/live": "code inside these pages",
    "tools/tokenwalk": "what people run", "chapters": "the book",
    "lib/model": "shape and weights", "lib/kernels": "fast operations", "lib/io": "files",
    "lib/tensor": "arrays of any rank", "lib/draw": "pictures", "lib/base": "sums, chance, errors",
}
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def folder_of(path):
    for folder in FOLDERS:
        if path.startswith(folder + "/"):
            return folder
    raise SystemExit(f"docs/tree_map.py has no line for the folder of {path}")


def includes(folder):
    found = set()
    for path in [*(ROOT / folder).rglob("*.h"), *(ROOT / folder).rglob("*.cpp")]:
        for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if "/" in included and (ROOT / included).exists():
                found.add(folder_of(included))
    return found - {folder}


def main():
    for path in ROOT.glob("lib/*/"):
        folder_of(f"lib/{path.name}/")
    nodes = [{"id": folder, "title": SHORT[folder], "small": f"{folder}/", "line": line}
             for folder, line in FOLDERS.items()]
    edges = reduced({folder: includes(folder) for folder in FOLDERS})
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write(draw_graph(nodes, edges, "Folders of the repository and which includes which"))


if __name__ == "__main__":
    main()
