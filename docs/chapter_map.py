#!/usr/bin/env python3
"""Draws the map of chapters from their cards: chapter_map.py OUT.svg"""

import sys

from chapters import page_id, read_cards
from graph import draw_graph, reduced


def main():
    cards = read_cards()
    nodes = [{"id": card["id"], "title": card["title"], "small": f"Chapter {card['number']}",
              "line": card["line"], "href": f"{page_id(card)}.html"} for card in cards]
    edges = {card["id"]: set() for card in cards}
    for card in cards:
        for earlier in reduced({one["id"]: set(one["builds_on"]) for one in cards})[card["id"]]:
            edges[earlier].add(card["id"])
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write(draw_graph(nodes, edges, "The chapters and what each builds on"))


if __name__ == "__main__":
    main()
