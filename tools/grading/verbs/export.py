"""export: results as a table."""

import csv
import io
import pathlib

from .. import atomic, documents

TAIL = ["verdicts", "sandbox_tier", "grader", "assignment", "finished"]


def add_to(adders, name):
    parser = adders.add_parser(name, help="results as a table, for a spreadsheet")
    parser.add_argument("results", type=pathlib.Path, help="folder that grade-all wrote")
    parser.add_argument("--csv", type=pathlib.Path, required=True, metavar="FILE")
    parser.set_defaults(run=run)


def counts(document):
    verdicts = [t["verdict"] for t in document["tests"]]
    return " ".join(f"{v}:{verdicts.count(v)}" for v in sorted(set(verdicts)))


def plain(value):
    """Spreadsheets run cells that begin so."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def table(results):
    chapters = sorted({c["id"] for d in results.values() for c in d["chapters"]})
    rows = [["submission", *chapters, "score", "max_score", *TAIL]]
    for document in results.values():
        scores = {c["id"]: c["score"] for c in document["chapters"]}
        rows.append([plain(document["submission"]), *[scores.get(c, "") for c in chapters],
                     document["score"], document["max_score"], counts(document),
                     document["sandbox"]["tier"], document["grader"],
                     plain(document["assignment"]), document["finished"]])
    return rows


def run(args):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table(documents.read_all(args.results)))
    atomic.write(args.csv, text.getvalue())
