#!/usr/bin/env python3
"""No page uses a term before the chapter that explains it: check_terms.py

The table of docs/glossary.md gives each term its chapter. That chapter's page must set the term in
bold where it explains it; pages of earlier chapters may use it only where they name the later chapter
in the same paragraph. Words of everyday language are checked for the first of these alone.
Prints each fault; exit 1 if there is one.
"""

import re
import sys

from chapters import ROOT, read_cards

ROW = re.compile(r"^\| ([^|]+?) \| (\d+) \|", re.M)
# Said in plain English as well: "a row of a table", "the key point", "the value of p".
EVERYDAY = {"row", "key", "value", "head", "query", "score", "rank", "decode", "tag", "id", "stride"}
UNREAD = re.compile(r"```.*?```|`[^`\n]*`|\\f\$.*?\\f\$|\\f\[.*?\\f\]|\]\([^)]*\)|^\\\w+ .*$|<[^>]*>|^- .*arXiv.*$", re.S | re.M)


def read_terms():
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    return [(term, int(number)) for term, number in ROW.findall(text)]


def pattern_of(term):
    words = re.escape(term).replace(r"\ ", r"\s+").replace("renormalising", "renormalis\\w+")
    return re.compile(rf"(?<![\w-]){words}(?:s|es)?(?![\w-])", re.I)


def paragraphs(text):
    return re.split(r"\n\s*\n", text)


def is_explained(term, text):
    return any(pattern_of(term).search(bold) for bold in re.findall(r"\*\*(.+?)\*\*", text, re.S))


def uses_too_early(term, home, text):
    """Paragraphs with the term that do not name its chapter."""
    for paragraph in paragraphs(text):
        names_home = re.search(rf"chapters?\s[\d, and]*\b{home}\b|ch{home:02}|@{home}\b", paragraph, re.I)
        if not names_home and pattern_of(term).search(UNREAD.sub(" ", paragraph)):
            yield " ".join(paragraph.split())[:70]


def main():
    pages = {card["number"]: (ROOT / "chapters" / card["id"] / "page.md").read_text(encoding="utf-8")
             for card in read_cards()}
    faults = []
    for term, home in read_terms():
        if home not in pages:
            faults.append(f"glossary: {term}: there is no chapter {home}")
        elif not is_explained(term, pages[home]):
            faults.append(f"chapter {home} does not explain in bold: {term}")
        for number, text in sorted(pages.items()):
            if number < home and term not in EVERYDAY:
                faults += [f"chapter {number} uses a term of chapter {home}: {term}: {where}"
                           for where in uses_too_early(term, home, text)]
    for fault in faults:
        print(fault)
    print(f"{len(read_terms())} terms, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
