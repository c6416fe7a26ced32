"""grade DIR: one submission."""

import pathlib

from .. import formats, grader
from . import common


def add_to(adders, name):
    parser = adders.add_parser(name, help="grade one submission")
    parser.add_argument("submission", type=pathlib.Path, metavar="DIR",
                        help="the unpacked submission: files at their paths in the tree")
    parser.add_argument("--student", default=None,
                        help="the platform's id of the submission (default: the folder's name)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("result.json"))
    parser.add_argument("--format", choices=sorted(formats.WRITERS), action="append", default=[],
                        help="write this form too, beside the result")
    common.add_grading(parser)
    parser.set_defaults(run=run)


def run(args):
    settings = common.settings(args)
    student = args.student or args.submission.resolve().name
    document = grader.grade(args.submission, student, args.out, settings)
    for name in args.format:
        formats.write(name, document, args.out)
    for chapter in document["chapters"]:
        print(f"{chapter['id']:28} {chapter['score']:4} of {chapter['max_score']}  "
              f"{chapter['compile']}")
    print(f"{'':28} {document['score']:4} of {document['max_score']}  {args.out}")
