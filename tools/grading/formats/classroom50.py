"""classroom50/result/v1. What identifies the submission comes from the environment, as Classroom 50
sets it; nothing of it is a secret."""

import json
import os

SUFFIX = ".json"


def environment(name, default=""):
    return os.environ.get(name, default)


def name_of(test, number):
    return test["test"] if test["visibility"] == "public" else f"{test['exercise']} hidden {number}"


def text(document):
    tests = [{"test-name": name_of(t, i), "passed": t["verdict"] == "passed",
              "score": t["score"], "max-score": t["max_score"]}
             for i, t in enumerate(document["tests"], 1)]
    return json.dumps({
        "schema": "classroom50/result/v1", "classroom": environment("CLASSROOM"),
        "assignment": environment("ASSIGNMENT", document["assignment"]),
        "assignment_type": environment("ASSIGNMENT_TYPE", "individual"),
        "owner": environment("OWNER", document["submission"]),
        "submission": environment("SUBMISSION_TAG", f"submit/{document['submission']}"),
        "commit": environment("COMMIT_URL"), "release": environment("RELEASE_URL"),
        "review": environment("REVIEW_URL"),
        "datetime": document.get("finished", document["started"]),
        "score": document["score"], "max-score": document["max_score"], "tests": tests},
        indent=1) + "\n"
