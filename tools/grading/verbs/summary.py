"""summary: what a class did."""

import collections
import pathlib

from .. import documents
from ..formats.feedback import cut


def add_to(adders, name):
    parser = adders.add_parser(name, help="scores per exercise, and the commonest wrong answers")
    parser.add_argument("results", type=pathlib.Path, help="folder that grade-all wrote")
    parser.set_defaults(run=run)


def exercises(results):
    """Of each exercise the mean share of its points, and how many have them all."""
    points = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))
    for name, document in results.items():
        for test in document["tests"]:
            own = points[test["exercise"]][name]
            own[0] += test["score"]
            own[1] += test["max_score"]
    return {e: ([got / most for got, most in people.values()]) for e, people in points.items()}


def wrong_answers(results):
    """(test, first difference) of wrong answers to public tests, the commonest first."""
    found = collections.Counter()
    for document in results.values():
        for test in document["tests"]:
            details = test["details"]
            if test["verdict"] == "wrong_answer" and test["visibility"] == "public":
                found[(test["test"], f"{details['fn']} {cut(details['args'])[:80]}",
                       f"expected {cut(details['expected_there'])[:40]}, "
                       f"got {cut(details['got_there'])[:40]}")] += 1
    return found.most_common(10)


def run(args):
    results = documents.read_all(args.results)
    print(f"{len(results)} submissions")
    print("exercise  mean  all points")
    for exercise, shares in sorted(exercises(results).items()):
        print(f"{exercise}    {sum(shares) / len(shares):6.1%}  {sum(s == 1 for s in shares)}")
    verdicts = collections.Counter(t["verdict"] for d in results.values() for t in d["tests"])
    print("verdicts: " + ", ".join(f"{v} {n}" for v, n in verdicts.most_common()))
    print("commonest wrong answers to public tests:")
    for (test, call, difference), n in wrong_answers(results):
        print(f"  {n} x {test}: {call}: {difference}")
