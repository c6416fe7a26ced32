"""Text files of sections: a line "== heading", then lines until the next one."""

from .errors import CourseError


def read(path):
    """[(heading, lines)] in order."""
    sections = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("== "):
            sections.append((line[3:].strip(), []))
        elif sections:
            sections[-1][1].append(line)
        elif line.strip() and not line.startswith("#"):
            raise CourseError(f"{path}:{number}: text before the first heading", line, "== heading")
    return sections
