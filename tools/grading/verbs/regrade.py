"""regrade OLD NEW: whose score another grading changes, and why, before anything is published."""

import pathlib

from .. import documents


def add_to(adders, name):
    parser = adders.add_parser(name, help="whose score changes between two gradings, and why")
    parser.add_argument("old", type=pathlib.Path, metavar="OLD", help="folder of results")
    parser.add_argument("new", type=pathlib.Path, metavar="NEW", help="folder of results")
    parser.set_defaults(run=run)


def tests_of(document):
    return {t["test"]: t for t in document["tests"]}


def reasons(old, new):
    """One line for each test that counts differently."""
    before, after = tests_of(old), tests_of(new)
    lines = []
    for name in sorted(before | after):
        a, b = before.get(name), after.get(name)
        if a is None or b is None:
            lines.append(f"{name}: only in the {'new' if a is None else 'old'} grading")
        elif (a["verdict"], a["score"], a["max_score"]) != (b["verdict"], b["score"], b["max_score"]):
            lines.append(f"{name}: {a['verdict']} {a['score']}/{a['max_score']} -> "
                         f"{b['verdict']} {b['score']}/{b['max_score']}")
    return lines


def run(args):
    old, new = documents.read_all(args.old), documents.read_all(args.new)
    changed = 0
    for name in sorted(old | new):
        if name not in old or name not in new:
            print(f"{name}: only in the {'new' if name not in old else 'old'} grading")
            changed += 1
            continue
        lines = reasons(old[name], new[name])
        if lines:
            changed += 1
            print(f"{name}: {old[name]['score']} -> {new[name]['score']}")
            print("\n".join(f"  {line}" for line in lines))
    print(f"{changed} of {len(old | new)} submissions differ")
