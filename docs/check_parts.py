#!/usr/bin/env python3
"""Every chapter's page has the parts that the book promises, as its card says: check_parts.py

Opening lines, hours as in chapter.json, reading, formulas with a table of shapes, two folded guesses,
code by marks, output by parts, what goes wrong with a test for each wrong version, an exercise with
its command for each of the card's, one "find the bug", the whole program. Exit 1 if one is missing.
"""

import re
import sys

from chapters import ROOT, page_id, read_cards

HEADINGS = ["What and why", "The idea", "Two guesses before you run it", "The code, step by step",
            "What you should see", "What goes wrong", "Exercises", "The whole program"]


def sections(text):
    """The text below each heading of the second level, by heading."""
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    return dict(zip((name.split(" {#")[0] for name in parts[1::2]), parts[2::2]))


def check_opening(card, text):
    opening = text.split("## What and why")[0]
    if not text.startswith(f"# Chapter {card['number']}: ") or f"{{#{page_id(card)}}}" not in text:
        yield "the title is not \"Chapter N: ...\" with its mark"
    for begin in ["**You can now**", "**You will**", "**Reading**", "| file of this chapter |"]:
        if begin not in opening:
            yield f"the opening lacks {begin}"
    hours = re.search(r"\*\*Hours\*\*: ([\d.]+), of which (\d+) minutes are this page", opening)
    if not hours or float(hours[1]) != card["hours"]:
        yield f"the page's hours are not the card's {card['hours']}"


def check_body(card, parts):
    for heading in HEADINGS:
        if heading not in parts:
            yield f"no section \"{heading}\""
            return
    if "| name | shape |" not in "".join(parts.values()):
        yield "no table of shapes"
    if "\\f" not in parts["The idea"]:
        yield "no formula in \"The idea\""
    for guess in ["1", "2"]:
        if not re.search(rf"\*\*Guess {guess}\.\*\* .+\n<details><summary>", parts[HEADINGS[2]]):
            yield f"guess {guess} has no folded answer"
    if "\\snippet" not in parts["The code, step by step"]:
        yield "no code by its mark"
    printed = set(re.findall(r"^== (\d+)\.", (ROOT / "chapters" / card["id"] / "expected.txt").read_text(), re.M))
    shown = set(re.findall(r"^\\output \S+ (\d+)$", "".join(parts.values()), re.M))
    for number in sorted(printed - shown):
        yield f"part {number} of the output is not shown"
    if "| wrong version |" not in parts["What goes wrong"]:
        yield "no table of wrong versions and the tests that see them"


def check_exercises(card, text):
    for exercise in card["exercises"]:
        found = re.search(rf"^### {exercise['id']} (.+?)\n(.*?)(?=^##|\Z)", text, re.M | re.S)
        if not found:
            yield f"exercise {exercise['id']} is not on the page"
        elif exercise["kind"] == "code" and f"tools/test -L ch{card['number']:02}" not in found[2]:
            yield f"exercise {exercise['id']} does not say how to test it"
        elif exercise["kind"] == "bug" and "<details><summary>" not in found[2]:
            yield f"exercise {exercise['id']} has no folded answer"
        if exercise["kind"] == "bug" and f"### {exercise['id']} Find the bug" not in text:
            yield f"exercise {exercise['id']} is not called \"Find the bug\""
    if [exercise["kind"] for exercise in card["exercises"]].count("bug") != 1:
        yield "not exactly one \"find the bug\""


def main():
    faults = []
    for card in read_cards():
        text = (ROOT / "chapters" / card["id"] / "page.md").read_text(encoding="utf-8")
        for fault in [*check_opening(card, text), *check_body(card, sections(text)),
                      *check_exercises(card, text)]:
            faults.append(f"{card['id']}: {fault}")
    for fault in faults:
        print(fault)
    print(f"{len(read_cards())} pages have their parts, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
