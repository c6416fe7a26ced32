"""Reading results."""

import json

from .errors import CourseError
from .result import FORMAT


def read(path):
    try:
        document = json.loads(path.read_text())
    except OSError as error:
        raise CourseError("cannot read a result", f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise CourseError("a result that is not JSON", f"{path}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise CourseError("no result of tools/course", str(path), FORMAT)
    return document


def read_all(folder):
    """The finished results of a folder, by name."""
    if not folder.is_dir():
        raise CourseError("no such folder", str(folder), "what grade-all wrote")
    documents = {p.stem: read(p) for p in sorted(folder.glob("[!.]*.json"))
                 if p.name.count(".") == 1}
    return {name: d for name, d in documents.items() if d["state"] == "done"}
