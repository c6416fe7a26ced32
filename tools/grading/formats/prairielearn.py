"""results.json of PrairieLearn's external graders."""

import json

from . import feedback

SUFFIX = ".json"
FATAL = {"compile_error", "compile_limit", "missing_file", "rejected"}


def text(document):
    """gradable is false where nothing could be run: then no attempt is lost."""
    chapters = feedback.by_chapter(document)
    tests = [{"name": feedback.title(t), "description": t["exercise"], "points": t["score"],
              "max_points": t["max_score"], "message": "", "output": feedback.message(t, chapter)}
             for chapter, members in chapters for t in members]
    ran = any(t["verdict"] not in FATAL for t in document["tests"])
    result = {"gradable": ran, "score": document["score"] / document["max_score"],
              "message": "", "output": "", "tests": tests}
    if not ran:
        result["message"] = "\n\n".join(f"{c['id']}: {c['compile']}\n{c['log'][:4000]}"
                                        for c, _ in chapters)
    return json.dumps(result, indent=1) + "\n"
