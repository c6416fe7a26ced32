"""Solution regions: what stands between // BEGIN SOLUTION 03.2 and // END SOLUTION."""

import dataclasses
import re

from .errors import CourseError

BEGIN = re.compile(r"^(\s*)// BEGIN SOLUTION (\d\d\.\d+)$")
END = re.compile(r"^\s*// END SOLUTION$")
INCLUDE = '#include "lib/base/not_implemented.h"'


@dataclasses.dataclass(frozen=True)
class Region:
    id: str
    begin: int  # the line of the BEGIN mark, from 0
    end: int  # the line of the END mark
    indent: str


def find_regions(text, path):
    """The regions of a file in order. Anything else that looks like a mark is an error."""

    def fail(number, what):
        raise CourseError(f"{path}:{number + 1}: {what}", lines[number].strip(),
                          "// BEGIN SOLUTION 03.2, then code, then // END SOLUTION")

    regions, opened = [], None
    lines = text.split("\n")
    for number, line in enumerate(lines):
        begin, end = BEGIN.match(line), END.match(line)
        if begin and opened is not None:
            fail(number, "a solution region inside another")
        elif begin:
            opened = (number, begin)
        elif end and opened is None:
            fail(number, "the end of a region that has not begun")
        elif end:
            start, mark = opened
            if not "".join(lines[start + 1:number]).strip():
                fail(start, "an empty solution region")
            regions.append(Region(mark[2], start, number, mark[1]))
            opened = None
        elif "BEGIN SOLUTION" in line or "END SOLUTION" in line:
            fail(number, "a mark that is not a line of its own")
    if opened is not None:
        fail(opened[0], "a solution region without an end")
    return regions


def solution_lines(text, region):
    return text.split("\n")[region.begin + 1:region.end]


def replace(text, path, bodies, keep_marks=True):
    """The text with other lines in the regions whose ids are in `bodies` (id: list of lines)."""
    lines = text.split("\n")
    for region in reversed(find_regions(text, path)):
        if region.id in bodies:
            first, last = (region.begin + 1, region.end) if keep_marks else (region.begin,
                                                                            region.end + 1)
            lines[first:last] = bodies[region.id]
    return "\n".join(lines)


def cut(text, path, symbols):
    """The text with a hole for each region whose id is in `symbols` (id: the function's name)."""
    regions = [region for region in find_regions(text, path) if region.id in symbols]
    if not regions:
        return text
    holes = {
        r.id: [f"{r.indent}// Exercise {r.id}: your code instead of the next line.",
               f'{r.indent}throw NotImplemented("{r.id} {symbols[r.id]}");']
        for r in regions}
    return include_not_implemented(replace(text, path, holes, keep_marks=False))


def include_not_implemented(text):
    """The text with the header of NotImplemented among its includes, where the order wants it."""
    lines = text.split("\n")
    if INCLUDE in lines:
        return text
    own = [i for i, line in enumerate(lines) if line.startswith('#include "')]
    # The first one is the file's own header and stays first.
    after = [i for i in own[:1] + [i for i in own[1:] if lines[i] < INCLUDE]]
    at = after[-1] + 1
    return "\n".join(lines[:at] + ([""] if len(own) == 1 else []) + [INCLUDE] + lines[at:])
