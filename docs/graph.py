"""A graph as an SVG that follows the page's theme: Graphviz places boxes and arrows, the style sheet
colours them (classes box, edge, head)."""

import html
import json
import subprocess

POINTS = 72  # an inch of Graphviz


def reduced(edges):
    """Without the edges that a longer way makes superfluous. edges: {from: set of to}, no circles."""
    def reach(start):
        found = set()
        for to in edges.get(start, ()):
            found |= {to} | reach(to)
        return found

    return {start: {to for to in ends if not any(to in reach(other) for other in ends - {to})}
            for start, ends in edges.items()}


def layout(nodes, edges):
    lines = ["digraph { ranksep=0.3; nodesep=0.25; node [shape=box fixedsize=true width=2.6 height=0.5];"]
    lines += [f'"{node["id"]}";' for node in nodes]
    lines += [f'"{start}" -> "{to}";' for start in sorted(edges) for to in sorted(edges[start])]
    dot = subprocess.run(["dot", "-Tjson"], input="\n".join(lines) + "}", capture_output=True,
                         text=True, check=True)
    return json.loads(dot.stdout)


def points(text):
    return [tuple(float(number) for number in pair.split(",")) for pair in text.split()]


def draw_edge(edge, height):
    end, *curve = points(edge["pos"].removeprefix("e,"))
    flip = [f"{x:.1f} {height - y:.1f}" for x, y in curve]
    path = f'<path class="edge" d="M {flip[0]} C {" ".join(flip[1:])} L {end[0]:.1f} {height - end[1]:.1f}"/>'
    return path + f'<circle class="head" cx="{end[0]:.1f}" cy="{height - end[1]:.1f}" r="3"/>'


def draw_node(node, place, height):
    x, y = points(place["pos"])[0]
    w, h = float(place["width"]) * POINTS, float(place["height"]) * POINTS
    left, top = x - w / 2, height - y - h / 2
    inner = (f'<title>{html.escape(node["line"])}</title>'
             f'<rect class="box" x="{left:.1f}" y="{top:.1f}" width="{w:.1f}" height="{h:.1f}" rx="4"/>'
             f'<text x="{left + 8:.1f}" y="{top + 15:.1f}" font-size="10">{html.escape(node["small"])}</text>'
             f'<text x="{left + 8:.1f}" y="{top + 28:.1f}" font-size="12">{html.escape(node["title"])}</text>')
    return f'<a href="{node["href"]}">{inner}</a>' if node.get("href") else f"<g>{inner}</g>"


def draw_graph(nodes, edges, label):
    """nodes: {id, title, small, line, href}; edges: {from: set of to}, drawn from top to bottom."""
    graph = layout(nodes, edges)
    _, _, width, height = (float(number) for number in graph["bb"].split(","))
    places = {place["name"]: place for place in graph["objects"]}
    parts = [draw_edge(edge, height) for edge in graph.get("edges", [])]
    parts += [draw_node(node, places[node["id"]], height) for node in nodes]
    return (f'<svg class="figure" viewBox="-4 -4 {width + 8:.0f} {height + 8:.0f}" role="img" '
            f'style="max-width: {1.25 * width:.0f}px" aria-label="{html.escape(label)}">\n'
            + "\n".join(parts) + "\n</svg>\n")
