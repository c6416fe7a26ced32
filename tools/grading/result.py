"""The result of one submission: one JSON document, whole at every moment."""

import datetime
import hashlib

from . import atomic
from .tree import ROOT

FORMAT = "tokenwalk/result/v1"


def grader_version():
    """A hash of everything that decides a score."""
    digest = hashlib.sha256()
    folders = [ROOT / "tools" / "grading", ROOT / "chapters", ROOT / "lib"]
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file()):
        if path.suffix in (".py", ".cpp", ".h", ".json", ".inc"):
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


class Result:
    """Written when it is made and after each change."""

    def __init__(self, path, chapters, head):
        self.path = path
        self.document = {
            "format": FORMAT, **head, "state": "running", "started": now(),
            "score": 0, "max_score": sum(c.points for c in chapters),
            "chapters": [{"id": c.id, "title": c.title, "score": 0, "max_score": c.points,
                          "compile": "", "log": ""} for c in chapters],
            "tests": [{"test": t.name, "chapter": c.id, "exercise": t.exercise, "score": 0,
                       "max_score": t.points, "visibility": "public" if t.public else "hidden",
                       "verdict": "not_run", "hint": t.hint, "details": {}, "seconds": 0}
                      for c in chapters for t in c.tests]}
        self.tests = {test["test"]: test for test in self.document["tests"]}
        self.chapters = {chapter["id"]: chapter for chapter in self.document["chapters"]}
        self.write()

    def write(self):
        atomic.write_json(self.path, self.document)

    def close_chapter(self, chapter, verdict, log):
        """A chapter that does not get as far as running."""
        self.chapters[chapter.id].update({"compile": verdict, "log": log})
        for test in chapter.tests:
            self.tests[test.name]["verdict"] = verdict
        self.write()

    def add(self, line):
        """One test's line from the driver."""
        test = self.tests[line["test"]]
        passed = line["verdict"] == "passed"
        test.update({"verdict": line["verdict"], "score": test["max_score"] if passed else 0,
                     "details": {} if passed else line["details"], "seconds": line["seconds"],
                     "distance": line["distance"]})
        for chapter in self.document["chapters"]:
            chapter["score"] = sum(t["score"] for t in self.document["tests"]
                                   if t["chapter"] == chapter["id"])
        self.document["score"] = sum(c["score"] for c in self.document["chapters"])
        self.write()

    def finish(self):
        self.document.update({"state": "done", "finished": now()})
        self.write()

    def discard(self):
        """A result that does not stand must not be found."""
        self.path.unlink(missing_ok=True)
