#!/usr/bin/env python3
"""Opens every page of the site in a browser, from disk: browser_test.py build/site [--shots FOLDER]

Light, dark, and as narrow as a phone. Faults: a message in the console, a request that leaves the
site, a formula that is not drawn, text with less contrast than WCAG AA asks, a page wider than its
window, a control without a name, a widget that does not start or does not give the numbers of
build/tokenwalk. Prints each fault and takes pictures of some pages; exit 1 if there is a fault.
"""

import argparse
import pathlib
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

import browser_widgets

VIEWS = {"light": (1500, 1000), "dark": (1500, 1000), "phone": (390, 844)}
SHOTS = {"index.html", "ch01.html", "ch03.html", "ch04.html", "ch06.html", "tree.html"}

# Colours of text as drawn over the first opaque background behind it; sizes decide the limit.
CONTRAST = """
const luminance = (c) => {
  const part = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
};
const parse = (text) => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const over = (top, below) => {
  const alpha = top.length > 3 ? top[3] : 1;
  return [0, 1, 2].map((i) => top[i] * alpha + below[i] * (1 - alpha));
};
const backgroundOf = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    const alpha = colour.length > 3 ? colour[3] : 1;
    if (alpha > 0) layers.push(colour);
    if (alpha === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
};
const faults = new Set();
const walker = document.createTreeWalker(document.getElementById("doc-content") || document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element || element.closest("script, style, noscript, title, .ttc, mark.unseen, .MathJax_SVG, .MathJax_Preview")) continue;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  if (style.visibility === "hidden" || style.display === "none" || box.width === 0 || box.height === 0 || Number(style.opacity) === 0) continue;
  const behind = backgroundOf(element.closest("svg") ? element.closest("svg").parentElement : element);
  const front = over(parse(element.closest("svg") ? style.fill : style.color), behind);
  const [high, low] = [luminance(front), luminance(behind)].sort((a, b) => b - a);
  const ratio = (high + 0.05) / (low + 0.05);
  const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
  const needed = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
  if (ratio < needed) faults.add(`${ratio.toFixed(2)} instead of ${needed}: ${element.tagName.toLowerCase()}.${element.className.baseVal ?? element.className} "${walker.currentNode.data.trim().slice(0, 30)}"`);
}
return [...faults];
"""

# What a page must be without looking at it.
SHAPE = """
const faults = [];
for (const jax of (window.MathJax && MathJax.Hub ? MathJax.Hub.getAllJax() : [])) {
  if (jax.texError) faults.push("formula: " + jax.originalText.slice(0, 60));
}
if (document.querySelector(".MathJax_SVG [fill=red], .noError, .merror")) faults.push("a formula shows an error");
if (/Undefined control sequence|\\\\f[$\\[]/.test(document.body.innerText)) faults.push("a formula stands as its source");
if (document.documentElement.scrollWidth > window.innerWidth + 1) {
  faults.push(`wider than its window: ${document.documentElement.scrollWidth} > ${window.innerWidth}`);
}
const content = document.getElementById("doc-content");
const scrolls = (element) => element && element !== content &&
  (["auto", "scroll", "hidden"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
for (const element of content ? content.querySelectorAll("p, table, figure, .cell, .live, li, h1, h2, h3") : []) {
  const box = element.getBoundingClientRect();
  if (box.width > 0 && box.right > window.innerWidth + 1 && !scrolls(element.parentElement) && getComputedStyle(element).overflowX === "visible") {
    faults.push(`does not fit: ${element.tagName.toLowerCase()}.${element.className} "${element.innerText.slice(0, 30)}"`);
    break;
  }
}
for (const control of document.querySelectorAll(".live input, .live select, .live textarea, .live button")) {
  if (!control.labels?.length && !control.getAttribute("aria-label") && !control.innerText.trim()) faults.push("a control without a name: " + control.name);
}
for (const widget of document.querySelectorAll("section.live")) {
  if (!widget.dataset.ready) faults.push(`the widget ${widget.dataset.live} did not start: ${widget.dataset.failed}`);
}
for (const block of document.querySelectorAll(".fragment")) {
  if (block.scrollWidth > block.clientWidth + 1 && block.closest(".cell") && block.tabIndex < 0) faults.push("a cell that scrolls cannot be reached by keys");
}
return faults;
"""

SETTLED = """
const done = arguments[0];
const math = window.MathJax && MathJax.Hub ? new Promise((go) => MathJax.Hub.Queue(go)) : Promise.resolve();
const widgets = () => [...document.querySelectorAll("section.live")].every((one) => one.dataset.ready || one.dataset.failed);
const wait = () => widgets() ? done(true) : setTimeout(wait, 20);
math.then(wait);
"""


def open_browser():
    options = webdriver.ChromeOptions()
    for flag in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--hide-scrollbars", "--force-device-scale-factor=1", "--proxy-server=127.0.0.1:9"]:
        options.add_argument(flag)  # the last: nothing can be fetched from anywhere
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    browser.set_script_timeout(60)
    return browser


def load(browser, page):
    browser.get(page.resolve().as_uri())
    browser.execute_async_script(SETTLED)


def set_view(browser, view):
    width, height = VIEWS[view]
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": view == "phone"})
    browser.execute_script("""
      const dark = arguments[0];
      document.documentElement.classList.toggle("dark-mode", dark);
      document.documentElement.classList.toggle("light-mode", !dark);
      window.dispatchEvent(new Event("resize"));""", view == "dark")


def check_console(browser):
    return [f"console: {line['message'][:160]}" for line in browser.get_log("browser")
            if line["level"] in {"SEVERE", "WARNING"}]


def take_shots(browser, page, view, folder):
    """The top of the page, and its pictures and widgets."""
    browser.save_screenshot(str(folder / f"{page.stem}-{view}.png"))
    places = browser.find_elements("css selector", "figure, section.live, .cell.output.joined")
    wanted = [place for place in places if place.tag_name != "div"] + places[:1]
    for number, place in enumerate(wanted):
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'});", place)
        browser.save_screenshot(str(folder / f"{page.stem}-{view}-{number + 1}.png"))


def check_page(browser, page, shots):
    """All views of one page, loaded once."""
    load(browser, page)
    for view in VIEWS:
        set_view(browser, view)
        for fault in browser.execute_script(SHAPE):
            yield f"{page.name} ({view}): {fault}"
        for fault in browser.execute_script(CONTRAST)[:5]:
            yield f"{page.name} ({view}): contrast {fault}"
        if shots and page.name in SHOTS:
            take_shots(browser, page, view, shots)
    for fault in check_console(browser):
        yield f"{page.name}: {fault}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("site", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path, help="a folder for pictures of some pages")
    parser.add_argument("--pages", nargs="*", help="only these, and no widgets")
    asked = parser.parse_args()
    if asked.shots:
        asked.shots.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    browser = open_browser()
    try:
        set_view(browser, "light")
        names = asked.pages or sorted(path.name for path in asked.site.glob("*.html"))
        faults = [fault for name in names for fault in check_page(browser, asked.site / name, asked.shots)]
        if not asked.pages:
            set_view(browser, "light")
            faults += browser_widgets.check(lambda name: load(browser, asked.site / name), browser)
            faults += check_console(browser)
    finally:
        browser.quit()
    for fault in faults:
        print(fault)
    print(f"{len(names)} pages in {len(VIEWS)} views, {time.monotonic() - begin:.0f} s, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
