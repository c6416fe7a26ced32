"""What a student may read about a test."""

import json

LONG = 1500  # characters of a value


def cut(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONG else f"{text[:LONG]} ... ({len(text)} characters)"


def title(test):
    return test["test"] if test["visibility"] == "public" else f"{test['test']} (hidden)"


def message(test, chapter):
    """Of a hidden test only how it ended; of a public one input, expected, got and the hint."""
    verdict = test["verdict"]
    if verdict == "passed":
        return "passed"
    if verdict in ("compile_error", "compile_limit", "missing_file", "rejected"):
        return f"{verdict}\n{chapter['log'][:4000]}"
    if test["visibility"] == "hidden":
        return verdict
    return "\n".join([verdict, *explain(test["details"]), f"hint: {test['hint']}"])


def explain(details):
    lines = []
    if "fn" in details:
        lines.append(f"called:   {details['fn']} {cut(details['args'])}")
    if "expected" in details:
        lines.append(f"expected: {cut(details['expected'])}")
        lines.append(f"got:      {cut(details['got'])}")
        lines.append(f"first difference at {details['where'] or 'the answer itself'}: expected "
                     f"{cut(details['expected_there'])}, got {cut(details['got_there'])}")
    if "why" in details:
        lines.append(f"because:  {cut(details['why'])}")
    if details.get("printed"):
        lines.append(f"printed:  {cut(details['printed'])}")
    return lines


def by_chapter(document):
    """(chapter, its tests) pairs."""
    return [(c, [t for t in document["tests"] if t["chapter"] == c["id"]])
            for c in document["chapters"]]
