#!/usr/bin/env python3
"""Finishes the pages that Doxygen wrote: finish_pages.py build/site

Makes notebook cells of listings and outputs, numbered, an output joined to the listing that prints
it. Doxygen 1.9.4 keeps the indentation that all lines of a snippet share, shows the marks of
exercises as comments, and links a list of private classes that it does not print. The page of a
chapter's header gets a link to the chapter.
"""

import pathlib
import re
import sys

from chapters import page_id, read_cards

LONG = 24  # lines from which on an output can be folded

CODE = r'<div class="cell-of-code">(?P<file>[^<]*)</div>\s*(?P<listing><div class="fragment">.*?</div><!-- fragment -->)'
OUTPUT = r'<div class="cell-of-output">(?P<program>[^<]*)</div>\s*<pre class="fragment">(?P<printed>.*?)</pre>'
CELL = re.compile(rf"(?P<between>\s*)(?:{CODE}|{OUTPUT})", re.S)
FRAGMENT = re.compile(r'(<div class="fragment">)(.*?)(</div><!-- fragment -->)', re.S)
LINE = re.compile(r'<div class="line">(?:.*?)</div>\n?', re.S)
INDENT = re.compile(r'^(<div class="line">(?:<a [^>]*></a>)?(?:<span class="lineno">.*?</span>)?(?:<span [^>]*>)?)( *)')
DIFF = re.compile(r'<pre class="fragment">(--- .*?)</pre>', re.S)
BEGIN = re.compile(r"// BEGIN SOLUTION ([\d.]+)")


# ---- listings ----------------------------------------------------------------------------------

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
    opened = found.group(1).replace(">", ' tabindex="0" role="region" aria-label="listing">')
    return opened + "".join(mark_solutions(dedent(lines))) + found.group(3)


# ---- cells -------------------------------------------------------------------------------------

def output_html(number, printed):
    """An output, folded by its own heading where it is long."""
    lines = printed.count("\n") + 1
    text = f'<pre class="fragment" tabindex="0" role="region" aria-label="output {number}">{printed}</pre>'
    if lines < LONG:
        return f'<div class="cell-name">Output {number}</div>{text}'
    return f'<details open><summary class="cell-name">Output {number}, {lines} lines</summary>{text}</details>'


def colour_diff(found):
    """A diff made by the build: its lines by their first sign."""
    kinds = {"-": "minus", "+": "plus"}
    lines = [f'<span class="{kinds[line[0]]}">{line}</span>' if line[:1] in kinds else line
             for line in found[1].split("\n")]
    return '<pre class="fragment" tabindex="0" role="region" aria-label="diff">' + "\n".join(lines) + "</pre>"


class Cells:
    """Numbers the cells of a page in their order."""

    def __init__(self):
        self.number = 0
        self.end_of_code = -1

    def __call__(self, found):
        if found["file"]:
            self.number += 1
            self.end_of_code = found.end()
            return (f'{found["between"]}<div class="cell code"><div class="cell-name">Code {self.number}'
                    f' <span>{found["file"]}</span></div>{found["listing"]}</div>')
        joined = self.end_of_code == found.start()
        if not joined:
            self.number += 1
        kind = "cell output joined" if joined else "cell output"
        return f'{found["between"]}<div class="{kind}">{output_html(self.number, found["printed"])}</div>'


def link_to_chapter(text):
    """On the page of a header in a chapter's folder, the page that teaches it."""
    found = re.search(r"<title>[^<]*chapters/(\w+)/\w+\.h File Reference", text)
    cards = [card for card in read_cards() if found and card["id"] == found[1]]
    for card in cards:
        link = (f'<p class="taught">Taught in <a href="{page_id(card)}.html">Chapter {card["number"]}: '
                f'{card["title"]}</a>. All headers: <a href="api.html">reference</a>.</p>')
        text = text.replace('<div class="contents">', f'<div class="contents">\n{link}', 1)
    return text


def finish(text):
    text = CELL.sub(Cells(), text)
    text = DIFF.sub(colour_diff, text)
    text = FRAGMENT.sub(finish_fragment, text)
    if 'name="nested-classes"' not in text:
        text = text.replace('<a href="#nested-classes">Classes</a> &#124;\n', "")
    return link_to_chapter(text)


if __name__ == "__main__":
    for path in pathlib.Path(sys.argv[1]).glob("*.html"):
        path.write_text(finish(path.read_text(encoding="utf-8")), encoding="utf-8")
