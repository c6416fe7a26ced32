#!/usr/bin/env python3
"""Finishes the pages that Doxygen wrote: finish_pages.py build/site

Doxygen 1.9.4 keeps the indentation that all lines of a snippet share, shows the marks of exercises
as comments, and links a list of private classes that it does not print.
"""

import pathlib
import re
import sys

FRAGMENT = re.compile(r'(<div class="fragment">)(.*?)(</div><!-- fragment -->)', re.S)
LINE = re.compile(r'<div class="line">(?:.*?)</div>\n?', re.S)
INDENT = re.compile(r'^(<div class="line">(?:<a [^>]*></a>)?(?:<span class="lineno">.*?</span>)?(?:<span [^>]*>)?)( *)')
BEGIN = re.compile(r"// BEGIN SOLUTION ([\d.]+)")


def indent_of(line):
    return len(INDENT.match(line).group(2))


def is_blank(line):
    return re.sub(r"<[^>]*>", "", line).strip() == ""


def dedent(lines):
    common = min((indent_of(line) for line in lines if not is_blank(line)), default=0)
    return [INDENT.sub(lambda found: found.group(1) + found.group(2)[common:], line) for line in lines]


def mark_solutions(lines):
    for line in lines:
        begin = BEGIN.search(line)
        if begin:
            yield f'<div class="solution" title="exercise {begin.group(1)}">'
        elif "// END SOLUTION" in line:
            yield "</div>\n"
        else:
            yield line


def finish_fragment(found):
    lines = LINE.findall(found.group(2))
    return found.group(1) + "".join(mark_solutions(dedent(lines))) + found.group(3)


def finish(text):
    text = FRAGMENT.sub(finish_fragment, text)
    if 'name="nested-classes"' not in text:
        text = text.replace('<a href="#nested-classes">Classes</a> &#124;\n', "")
    return text


if __name__ == "__main__":
    for path in pathlib.Path(sys.argv[1]).glob("*.html"):
        path.write_text(finish(path.read_text(encoding="utf-8")), encoding="utf-8")
