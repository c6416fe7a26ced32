#!/usr/bin/env python3
"""Doxygen's filter for Markdown files: completes a page by what the chapter cards say.

index.md gets the map and the list of chapters; a chapter's page gets its figures, links to its
headers and to the chapters before and after it. Other pages pass as they are.
"""

import pathlib
import re
import sys

from chapters import page_id, read_cards

# A figure of the chapter's own, which goes into the page as it is and so follows the theme.
FIGURE = re.compile(r"!\[[^\]]*\]\(([\w.]+\.svg)\)")


def chapter_list(cards):
    return "\n".join(f"- \\subpage {page_id(card)} <br>{card['line']}" for card in cards)


def neighbours(card, cards):
    place = cards.index(card)
    before = cards[place - 1] if place > 0 else None
    after = cards[place + 1] if place + 1 < len(cards) else None
    left = f'<a rel="prev" href="{page_id(before)}.html">&larr; {before["title"]}</a>' if before else "<span></span>"
    right = f'<a rel="next" href="{page_id(after)}.html">{after["title"]} &rarr;</a>' if after else "<span></span>"
    return f'\\htmlonly[block]\n<nav class="chapters" aria-label="Chapters">{left}{right}</nav>\n\\endhtmlonly'


def headers(folder):
    names = sorted(path.name for path in folder.glob("*.h"))
    return ", ".join(f"\\ref chapters/{folder.name}/{name} \"{name}\"" for name in names)


def complete(path, text):
    cards = read_cards()
    if path.name == "index.md":
        text = text.replace("@map@", "\\htmlinclude[block] chapter_map.svg")
        return text.replace("@chapters@", chapter_list(cards))
    for card in cards:
        if path.parts[-2:] == (card["id"], "page.md"):
            listed = headers(path.resolve().parent)
            links = f"\n\n**Reference** of this chapter: {listed}.\n" if listed else ""
            text = FIGURE.sub(rf"\\htmlinclude[block] chapters/{card['id']}/\1", text)
            return text + links + "\n" + neighbours(card, cards) + "\n"
    return text


if __name__ == "__main__":
    page = pathlib.Path(sys.argv[1])
    sys.stdout.write(complete(page, page.read_text(encoding="utf-8")))
