"""convert RESULT --format F: the form that a platform reads."""

import pathlib

from .. import documents, formats


def add_to(adders, name):
    parser = adders.add_parser(name, help="a result in the form that a platform reads")
    parser.add_argument("result", type=pathlib.Path, metavar="RESULT")
    parser.add_argument("--format", choices=sorted(formats.WRITERS), required=True)
    parser.set_defaults(run=run)


def run(args):
    print(formats.WRITERS[args.format].text(documents.read(args.result)), end="")
