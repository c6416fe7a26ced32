#!/usr/bin/env python3
"""Draws the map of chapters as an SVG that follows the page's theme: chapter_map.py OUT.svg

Graphviz places boxes and arrows; colours are left to the style sheet (classes box, edge, head).
"""

import html
import json
import subprocess
import sys

from chapters import needed, page_id, read_cards

POINTS = 72  # an inch of Graphviz


def layout(cards):
    lines = ["digraph { ranksep=0.3; nodesep=0.25; node [shape=box fixedsize=true width=2.6 height=0.5];"]
    for card in cards:
        lines.append(f'"{card["id"]}";')
        lines += [f'"{name}" -> "{card["id"]}";' for name in needed(card, cards)]
    dot = subprocess.run(["dot", "-Tjson"], input="\n".join(lines) + "}", capture_output=True,
                         text=True, check=True)
    return json.loads(dot.stdout)


def points(text):
    return [tuple(float(number) for number in pair.split(",")) for pair in text.split()]


def draw_edge(edge, height):
    end, *curve = points(edge["pos"].removeprefix("e,"))
    flip = [f"{x:.1f} {height - y:.1f}" for x, y in curve]
    path = f'<path class="edge" d="M {flip[0]} C {" ".join(flip[1:])} L {end[0]:.1f} {height - end[1]:.1f}"/>'
    x, y = end[0], height - end[1]
    return path + f'<circle class="head" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'


def draw_card(card, node, height):
    x, y = points(node["pos"])[0]
    w, h = float(node["width"]) * POINTS, float(node["height"]) * POINTS
    left, top = x - w / 2, height - y - h / 2
    title = html.escape(card["title"])
    return (f'<a href="{page_id(card)}.html"><title>{html.escape(card["line"])}</title>'
            f'<rect class="box" x="{left:.1f}" y="{top:.1f}" width="{w:.1f}" height="{h:.1f}" rx="4"/>'
            f'<text x="{left + 8:.1f}" y="{top + 15:.1f}" font-size="10">Chapter {card["number"]}</text>'
            f'<text x="{left + 8:.1f}" y="{top + 28:.1f}" font-size="12">{title}</text></a>')


def draw(cards):
    graph = layout(cards)
    _, _, width, height = (float(number) for number in graph["bb"].split(","))
    nodes = {node["name"]: node for node in graph["objects"]}
    parts = [draw_edge(edge, height) for edge in graph["edges"]]
    parts += [draw_card(card, nodes[card["id"]], height) for card in cards]
    return (f'<svg class="figure" viewBox="-4 -4 {width + 8:.0f} {height + 8:.0f}" role="img" '
            f'style="max-width: {1.25 * width:.0f}px" aria-label="The chapters and what each builds on">\n'
            + "\n".join(parts) + "\n</svg>\n")


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write(draw(read_cards()))
