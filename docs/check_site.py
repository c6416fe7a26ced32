#!/usr/bin/env python3
"""Checks a built site: check_site.py build/site

Every link and anchor leads somewhere, nothing comes from another server, no id stands twice, no
picture is without a text, no cell is empty, no mark of the sources is left on a page, chapters are
linked in their order, and with the headers that they teach. Prints each fault with its page; exit 1 if there is one.
"""

import html.parser
import pathlib
import re
import sys
import urllib.parse

from chapters import page_id, read_cards

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
UNSEEN = {"script", "style", "pre", "code", "title"}
EMPTY = re.compile(r'<pre class="fragment"[^>]*>\s*</pre>|<div class="fragment"[^>]*>\s*</div>')
LEFTOVERS = [r"@(?:map|chapters|tree|headers|instructor)@", r"\\(?:ref|snippet|subpage|include|verbinclude|output|live|f[$\[])", r"\$\$",
             r"//! \[", r"BEGIN SOLUTION", r"END SOLUTION", r"\[\^\w+\]", r"^\s*\|.*\|\s*$"]


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.ids, self.links, self.loads, self.faults, self.text = [], [], [], [], []
        self.open = []
        source = path.read_text(encoding="utf-8")
        self.feed(source)
        if EMPTY.search(source):
            self.faults.append("an empty cell")

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if given.get("id"):
            self.ids.append(given["id"])
        elif tag == "a" and given.get("name"):
            self.ids.append(given["name"])
        if tag == "a" and "href" in given:
            self.links.append((given["href"], given.get("rel", "")))
        for key in ("src", "data"):
            if key in given:
                self.loads.append(given[key])
        if tag == "link" and given.get("rel") == "stylesheet":
            self.loads.append(given["href"])
        if tag == "img" and "alt" not in given:
            self.faults.append(f"picture without a text: {given.get('src')}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not UNSEEN & set(self.open):
            self.text.append(data)


def is_foreign(address):
    return bool(urllib.parse.urlsplit(address).scheme) or address.startswith("//")


def check_links(name, page, pages, site):
    for address, _ in page.links:
        if is_foreign(address) or address.startswith("javascript:"):
            continue
        target, _, anchor = urllib.parse.unquote(address).partition("#")
        target = target or name
        if not (site / target).exists():
            yield f"link to nothing: {address}"
        elif anchor and target in pages and anchor not in pages[target].ids:
            yield f"no such place on the page: {address}"


def check_page(name, page, pages, site):
    yield from page.faults
    yield from check_links(name, page, pages, site)
    for address in page.loads:
        if address.startswith("data:") or address == "javascript:void(0)":  # Doxygen's search box
            continue
        if is_foreign(address):
            yield f"loaded from elsewhere: {address}"
        elif not (site / address.split("?")[0]).exists():
            yield f"loads what is not there: {address}"
    for double in {one for one in page.ids if page.ids.count(one) > 1}:
        yield f"id stands twice: {double}"
    text = "".join(page.text)
    for pattern in LEFTOVERS:
        found = re.search(pattern, text, re.M)
        if found:
            yield f"a mark of the source is left: {found.group(0).strip()[:60]!r}"


def check_order(pages):
    """index.html names every chapter, and next leads through all of them."""
    names = [f"{page_id(card)}.html" for card in read_cards()]
    listed = {address for address, _ in pages["index.html"].links}
    for name in names:
        if name not in listed:
            yield "index.html", f"chapter is not listed: {name}"
    for name, following in zip(names, names[1:]):
        if (following, "next") not in pages[name].links:
            yield name, f"does not lead on to {following}"
        if (name, "prev") not in pages[following].links:
            yield following, f"does not lead back to {name}"


def check_reference(pages):
    """A chapter's page leads to its headers, and each of these back to the page."""
    taught = {name: {address for address, _ in page.links} for name, page in pages.items()
              if "Taught in" in "".join(page.text)}
    for card in read_cards():
        chapter = f"{page_id(card)}.html"
        own = {address for address, _ in pages[chapter].links} & set(taught)
        if not any(chapter in taught[header] for header in own):
            yield chapter, "no header that it teaches leads back to it"


def check_paths(site):
    """No path of the machine that built the site."""
    root = str(pathlib.Path(__file__).resolve().parent.parent)
    for path in sorted(site.glob("*.*")):
        if path.suffix in {".html", ".js", ".css", ".svg"} and root in path.read_text(encoding="utf-8"):
            yield path.name, f"names the path {root}"


def main():
    site = pathlib.Path(sys.argv[1])
    pages = {path.name: Page(path) for path in sorted(site.glob("*.html"))}
    faults = [(name, fault) for name, page in pages.items()
              for fault in check_page(name, page, pages, site)]
    faults += [*check_order(pages), *check_reference(pages), *check_paths(site)]
    for name, fault in faults:
        print(f"{name}: {fault}")
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(f"{len(pages)} pages, {size / 1e6:.1f} MB, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
