#!/usr/bin/env python3
"""Doxygen's filter for Markdown files: completes a page by what the chapter cards and the programs say.

index.md gets the map, the list of chapters and the instructor guide, tree.md its picture, api.md the list of headers. A
chapter's page gets the goals of its card, its output, its figures, names over its listings, links to
its headers and to the chapters before and after it.
What a page may write beside Doxygen's commands:
    \\output chapters/ID/expected.txt 3    part "== 3." of what the program printed in this build
    ![caption](picture.svg)                a picture of the chapter's own, which follows the theme
    > **Shapes**: ...                      a note at the side
    \\live model                            a widget (docs/live/model.js)
"""

import html
import pathlib
import re
import sys

from chapters import ROOT, page_id, read_cards

FIGURE = re.compile(r"!\[([^\]]*)\]\(([\w.]+\.svg)\)")
OUTPUT = re.compile(r"^\\output chapters/(\w+)/expected\.txt (\d+)$", re.M)
SNIPPET = re.compile(r"^(\\snippet (\S+) .*)$", re.M)
NOTE = re.compile(r"^> (\*\*\w+\*\*: .*)$", re.M)
WIDGET = re.compile(r"^\\live (\w+)$", re.M)
LISTING = re.compile(r"^\\include (chapters/\S+)$", re.M)
WIDGETS = {"sampling": "Sampling", "tokenizer": "The tokenizer", "model": "The model, token by token"}


def raw(text):
    """HTML that Doxygen passes on as it is."""
    return f"\\htmlonly[block]\n{text}\n\\endhtmlonly"


def chapter_list(cards):
    return "\n".join(f"- \\subpage {page_id(card)} <br>{card['line']}" for card in cards)


# ---- a chapter's page --------------------------------------------------------------------------

def output_part(chapter, number):
    """Lines of part `number` of the captured output; the first part with what stands before it."""
    text = (ROOT / "build/generated/output" / f"{chapter}.txt").read_text(encoding="utf-8")
    parts = re.split(r"^(?=== \d+\. )", text, flags=re.M)
    found = [i for i, part in enumerate(parts) if part.startswith(f"== {number}. ")]
    if not found:
        raise SystemExit(f"the output of {chapter} has no part {number}")
    before = parts[0] if number == "1" and found[0] == 1 else ""
    return (before + parts[found[0]]).rstrip("\n")


def output_cell(found):
    name = raw(f'<div class="cell-of-output">{found[1]}</div>')
    return f"{name}\n\\verbatim\n{output_part(found[1], found[2])}\n\\endverbatim"


def figure(card, found):
    caption = html.escape(found[1])
    return (raw('<figure>') + f"\n\\htmlinclude[block] chapters/{card['id']}/{found[2]}\n"
            + raw(f"<figcaption>{caption}</figcaption></figure>"))


def widget(found):
    name = found[1]
    return raw(f'<section class="live" data-live="{name}" aria-label="{WIDGETS[name]}">'
               "<noscript>Here the chapter's code runs in the page; that needs JavaScript.</noscript>"
               f'</section><script src="tokenwalk_live.js"></script><script src="live.js"></script>'
               f'<script src="{name}.js"></script>')


def listing(found):
    lines = (ROOT / found[1]).read_text(encoding="utf-8").count("\n")
    return (raw(f'<details class="listing"><summary>{found[1]}, {lines} lines</summary>')
            + f"\n\\include {found[1]}\n" + raw("</details>"))


def goals(card, cards):
    by_id = {other["id"]: other for other in cards}
    items = "\n".join(f"- {goal}" for goal in card["objectives"])
    builds_on = ", ".join(f"\\ref {page_id(by_id[one])}" for one in card["builds_on"])
    return (raw('<div class="goals">') + f"\n\n**You will be able to**\n\n{items}\n\n"
            + (f"Builds on {builds_on}.\n\n" if builds_on else "") + raw("</div>") + "\n")


def neighbours(card, cards):
    place = cards.index(card)
    before = cards[place - 1] if place > 0 else None
    after = cards[place + 1] if place + 1 < len(cards) else None
    left = f'<a rel="prev" href="{page_id(before)}.html">&larr; {before["title"]}</a>' if before else "<span></span>"
    right = f'<a rel="next" href="{page_id(after)}.html">{after["title"]} &rarr;</a>' if after else "<span></span>"
    return raw(f'<nav class="chapters" aria-label="Chapters">{left}{right}</nav>')


def header_link(path):
    return f"\\ref {path.relative_to(ROOT).as_posix()} \"{path.name}\""


def complete_chapter(card, cards, text):
    text = SNIPPET.sub(lambda found: raw(f'<div class="cell-of-code">{found[2]}</div>') + f"\n{found[1]}", text)
    text = OUTPUT.sub(output_cell, text)
    text = FIGURE.sub(lambda found: figure(card, found), text)
    text = NOTE.sub(lambda found: raw('<aside class="note">') + f"\n\n{found[1]}\n\n" + raw("</aside>"), text)
    text = WIDGET.sub(widget, text)
    text = LISTING.sub(listing, text)
    text = text.replace("\n| file of this chapter", f"\n{goals(card, cards)}\n| file of this chapter", 1)
    headers = sorted((ROOT / "chapters" / card["id"]).glob("*.h"))
    links = ", ".join(header_link(path) for path in headers)
    return f"{text}\n\n**Reference** of this chapter: {links}.\n\n{neighbours(card, cards)}\n"


# ---- other files -------------------------------------------------------------------------------

def header_list():
    folders = {}
    for path in sorted([*ROOT.glob("lib/*/*.h"), *ROOT.glob("chapters/*/*.h")]):
        if path.name not in {"json_tree.h", "tokenizer_stream.h"}:  # inner ones, not documented
            folders.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(path)
    return "\n".join(f"| `{folder}` | {', '.join(map(header_link, paths))} |" for folder, paths in folders.items())


def complete(path, text):
    cards = read_cards()
    for card in cards:
        if path.parts[-2:] == (card["id"], "page.md"):
            return complete_chapter(card, cards, text)
    text = text.replace("@map@", "\\htmlinclude[block] chapter_map.svg")
    text = text.replace("@tree@", "\\htmlinclude[block] tree.svg")
    text = text.replace("@headers@", header_list())
    guide = "- \\subpage instructor\n" if (ROOT / "docs/instructor.md").exists() else ""
    text = text.replace("@instructor@", guide)
    return text.replace("@chapters@", chapter_list(cards))


if __name__ == "__main__":
    page = pathlib.Path(sys.argv[1])
    sys.stdout.write(complete(page, page.read_text(encoding="utf-8")))
