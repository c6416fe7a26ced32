"""grade-all ROOT: every submission in a folder, each in a process of its own."""

import pathlib

from .. import class_run
from . import common


def add_to(adders, name):
    parser = adders.add_parser(name, help="grade all submissions in a folder")
    parser.add_argument("root", type=pathlib.Path, metavar="ROOT",
                        help="holds a folder for each submission, named by the platform's id")
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path("results"),
                        help="folder for one result a submission")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="submissions at a time")
    parser.add_argument("--resume", action="store_true",
                        help="keep results that stand for the same files and the same grader")
    parser.add_argument("--part", default="1/1", metavar="2/8",
                        help="only the second eighth, for several machines or a job array")
    common.add_grading(parser)
    parser.set_defaults(run=run)


def run(args):
    settings = common.settings(args)
    submissions = class_run.part_of(class_run.submissions(args.root), args.part)
    failed = class_run.grade_all(submissions, args.results, settings, args.jobs, args.resume)
    return 3 if failed else 0
