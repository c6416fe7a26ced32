"""gradescope-zip OUT: what Gradescope wants to be uploaded as an autograder."""

import pathlib
import shlex
import zipfile

from .. import overlay, tree
from . import common
from .submit import EPOCH


def add_to(adders, name):
    parser = adders.add_parser(name, help="make the autograder's zip for Gradescope")
    parser.add_argument("out", type=pathlib.Path, metavar="OUT.zip")
    parser.add_argument("--chapters", default="", metavar="03,05")
    parser.add_argument("--assignment", default="all")
    parser.add_argument("--secret", metavar="FILE")
    common.add_overlay(parser)
    parser.set_defaults(run=run)


def add(archive, name, content, mode):
    info = zipfile.ZipInfo(name, EPOCH)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def run(args):
    common.overlay.enter(args.overlay)
    secret = common.read_secret(args)
    common.chosen(args)
    settings = (f"assignment={shlex.quote(args.assignment)}\n"
                f"chapters={shlex.quote(args.chapters)}\n")
    with zipfile.ZipFile(args.out, "w") as archive:
        for name in ("setup.sh", "run_autograder"):
            path = tree.ROOT / "tools" / "grading" / "gradescope" / name
            add(archive, name, path.read_bytes(), 0o755)
        add(archive, "settings", settings, 0o600)
        add(archive, "secret", secret, 0o600)
        for path in overlay.tracked(tree.ROOT):
            source = tree.ROOT / path
            if source.is_file() and path.parts[0] != "data":
                add(archive, f"tree/{path}", source.read_bytes(),
                    0o755 if source.stat().st_mode & 0o100 else 0o644)
    print(f"wrote {args.out}: upload it as the autograder")
