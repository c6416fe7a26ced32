"""Looks for solutions in a students' tree: lines that the tree they were cut from holds nowhere but
in a solution region must not be anywhere."""

import re

from . import regions

TEXT = {".cpp", ".h", ".inc", ".md", ".txt", ".json", ".py", ".html", ".js", ".cmake", ".in", ""}
SHORT = 24  # characters: what is shorter, any program has
RUN = 3  # this many lines of a solution in a row are a leak, however ordinary each may be


def normal(line):
    return re.sub(r"\s+", "", line)


def telling_lines(root, chapters):
    """({normal line: exercise} of long lines, {lines in a row: exercise}) of the solutions."""
    single, runs = {}, {}
    for chapter in chapters:
        for path in chapter.edit:
            text = (root / path).read_text()
            for region in regions.find_regions(text, path):
                lines = [n for n in map(normal, regions.solution_lines(text, region)) if len(n) > 1]
                single.update({n: region.id for n in lines if len(n) >= SHORT})
                runs.update({run: region.id for run in windows(lines)
                             if sum(map(len, run)) >= 2 * SHORT})
    return single, runs


def text_files(root):
    return [p for p in sorted(root.rglob("*")) if p.is_file() and p.suffix in TEXT
            and "build" not in p.relative_to(root).parts[:1]]


def normal_lines(path):
    text = path.read_text(errors="replace")
    if path.suffix == ".html":  # doxygen's pages: markup away, entities back
        text = re.sub(r"<[^>]*>", "", text)
        for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"),
                             ("&#160;", " "), ("&nbsp;", " "), ("&amp;", "&")):
            text = text.replace(entity, char)
    return [normal(line) for line in text.split("\n")]


def windows(lines):
    return [tuple(lines[i:i + RUN]) for i in range(len(lines) - RUN + 1)]


def outside(root, chapters):
    """(lines, runs) of the code that students get anyway: all but the regions. The known-wrong
    functions of the chapters, for example, are solutions with one thing wrong. Pages do not count:
    they may not quote a solution."""
    single, runs = set(), set()
    for path in text_files(root):
        name = str(path.relative_to(root))
        if path.suffix not in (".cpp", ".h") or name.startswith("tools/grading/"):
            continue
        text = path.read_text(errors="replace")
        inside = regions.find_regions(text, name) if any(name in c.edit for c in chapters) else []
        lines = [normal(line) for number, line in enumerate(text.split("\n"))
                 if not any(r.begin < number < r.end for r in inside)]
        lines = [line for line in lines if len(line) > 1]
        single.update(lines)
        runs.update(windows(lines))
    return single, runs


def find(source, students, chapters):
    """Messages about solutions in the tree `students`, which was cut from `source`."""
    single, runs = telling_lines(source, chapters)
    public_lines, public_runs = outside(source, chapters)
    single = {line: e for line, e in single.items() if line not in public_lines}
    runs = {run: e for run, e in runs.items() if run not in public_runs}
    leaks = []
    for path in text_files(students):
        name = path.relative_to(students)
        lines = [n for n in normal_lines(path) if len(n) > 1]
        leaks += [f"{name}: a line of {single[n]}: {n}" for n in lines if n in single]
        leaks += [f"{name}: {RUN} lines of {runs[key]}: {' / '.join(key)}"
                  for key in windows(lines) if key in runs]
    return leaks
