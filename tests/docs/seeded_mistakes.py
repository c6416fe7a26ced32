#!/usr/bin/env python3
"""Plants mistakes in a copy of the walkthrough and sees that its checks find each of them.

Needs build/site and the chapters' programs (tools/docs). Exit 1 if a mistake is not found, or if the
copy is not clean to begin with.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = "chapters/03_nucleus_sampling/page.md"
SITE = "build/site/ch03.html"

CAPTURE = ["python3", "docs/capture.py"]
TERMS = ["python3", "docs/check_terms.py"]
PARTS = ["python3", "docs/check_parts.py"]
CHECK_SITE = ["python3", "docs/check_site.py", "build/site"]
BROWSER = ["/usr/bin/python3", "docs/browser_test.py", "build/site", "--pages", "ch03.html"]
DOXYGEN = ["sh", "-c", f"(cat docs/Doxyfile; echo INPUT={PAGE}; echo GENERATE_HTML=YES;"
                       " echo OUTPUT_DIRECTORY=build/one; echo USE_MDFILE_AS_MAINPAGE=) | doxygen -"]

# What is planted: a file, a text in it, what stands there instead; who must find it, and how it says so.
MISTAKES = [
    ("an output that has changed", "chapters/03_nucleus_sampling/expected.txt", "0.", "9.", CAPTURE, "is not what the program gives"),
    ("a picture that has changed", "chapters/03_nucleus_sampling/nucleus.svg", "rect", "rekt", CAPTURE, "is not what the program gives"),
    ("a snippet without its mark", PAGE, "nucleus.cpp 03-nucleus", "nucleus.cpp 03-nukleus", DOXYGEN, "03-nukleus"),
    ("a reference to no page", PAGE, "\\ref ch04", "\\ref ch99", DOXYGEN, "ch99"),
    ("a term before its chapter", PAGE, "## What and why\n", "## What and why\n\nThe residual stream.\n", TERMS, "residual stream"),
    ("an exercise without its command", PAGE, "tools/test -L ch03 -R Ch03MinP", "see above", PARTS, "03.4 does not say how to test it"),
    ("hours that are not the card's", PAGE, "**Hours**: 2.5", "**Hours**: 3", PARTS, "hours are not"),
    ("a link to nothing", SITE, 'href="ch04.html"', 'href="ch44.html"', CHECK_SITE, "link to nothing"),
    ("an anchor that is not there", SITE, 'href="ch04.html"', 'href="ch04.html#nowhere"', CHECK_SITE, "no such place"),
    ("a script from elsewhere", SITE, 'src="jquery.js"', 'src="https://example.org/jquery.js"', CHECK_SITE, "loaded from elsewhere"),
    ("a mark of the source", SITE, "</h1>", "</h1><p>\\snippet here</p>", CHECK_SITE, "mark of the source"),
    ("a path of the machine", SITE, "</h1>", "</h1><p>{root}</p>", CHECK_SITE, "names the path"),
    ("an empty cell", SITE, '<pre class="fragment"', '<pre class="fragment"></pre><pre class="fragment"', CHECK_SITE, "empty cell"),
    ("a formula that TeX refuses", SITE, "\\[ \\text{top-k:}", "\\[ \\nosuchthing{top-k:}", BROWSER, "formula"),
    ("text too pale to read", SITE, "</h1>", '</h1><p style="color: #bbb">pale</p>', BROWSER, "contrast"),
    ("an error in a script", SITE, "</h1>", "</h1><script>nothing.here();</script>", BROWSER, "console"),
    ("a table wider than a phone", SITE, "</h1>", '</h1><p style="width: 900px">wide</p>', BROWSER, "phone"),
]


def copy_tree(to):
    for folder in ["docs", "chapters", "tools", "lib"]:
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (to / "data").symlink_to(ROOT / "data")
    (to / "build").mkdir()
    for folder in ["generated", "site"]:
        shutil.copytree(ROOT / "build" / folder, to / "build" / folder)
    (to / "build/chapters").symlink_to(ROOT / "build/chapters")


def run(tree, command):
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def plant(tree, file, old, new):
    path = tree / file
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise SystemExit(f"{file} does not contain {old!r}: this test must be brought up to date")
    path.write_text(text.replace(old, new.replace("{root}", str(tree)), 1), encoding="utf-8")
    return text


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder).resolve()
        copy_tree(tree)
        for command in [CAPTURE, TERMS, PARTS, CHECK_SITE, DOXYGEN, BROWSER]:
            status, text = run(tree, command)
            if status != 0:
                print(f"without a mistake {' '.join(command)[:60]} ends with {status}:\n{text[-1500:]}")
                failed += 1
        for what, file, old, new, command, says in MISTAKES:
            before = plant(tree, file, old, new)
            status, text = run(tree, command)
            (tree / file).write_text(before, encoding="utf-8")
            if status == 0 or says not in text:
                print(f"not found: {what}\n{text[-500:]}")
                failed += 1
    print(f"{len(MISTAKES)} mistakes planted, {failed} not found")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
