"""results.json of Gradescope."""

import json

from . import feedback

SUFFIX = ".json"


def text(document):
    tests = []
    for chapter, members in feedback.by_chapter(document):
        for test in members:
            hidden = test["visibility"] == "hidden"
            tests.append({
                "name": feedback.title(test), "number": test["exercise"], "score": test["score"],
                "max_score": test["max_score"], "output_format": "text",
                "status": "passed" if test["verdict"] == "passed" else "failed",
                "output": feedback.message(test, chapter), "tags": [chapter["id"]],
                "visibility": "after_published" if hidden else "visible"})
    return json.dumps({
        "score": document["score"], "output_format": "text", "stdout_visibility": "hidden",
        "output": "" if document["state"] == "done" else "Grading has not ended.",
        "extra_data": {key: document[key] for key in
                       ("format", "grader", "sandbox", "assignment", "submission")},
        "tests": tests}, indent=1) + "\n"
