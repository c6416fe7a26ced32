"""submit: the files that are graded, as one archive, and nothing else."""

import pathlib
import zipfile

from .. import intake, tree
from ..errors import CourseError

EPOCH = (2000, 1, 1, 0, 0, 0)  # the same files give the same archive


def add_to(adders, name):
    parser = adders.add_parser(name, help="make the archive to hand in")
    parser.add_argument("chapters", nargs="*", metavar="03", help="chapters (default: all)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("submission.zip"))
    parser.set_defaults(run=run)


def run(args):
    chapters = tree.choose(tree.read_chapters(), args.chapters)
    with zipfile.ZipFile(args.out, "w", zipfile.ZIP_DEFLATED) as archive:
        for chapter in chapters:
            files, refused = intake.take(tree.ROOT, chapter)
            if files is None:
                raise CourseError("a file cannot be handed in", refused,
                                  f"the files of chapter {chapter.label} as they were given out")
            for path, content in files.items():
                info = zipfile.ZipInfo(path, EPOCH)
                info.external_attr = 0o644 << 16
                archive.writestr(info, content)
                print(f"  {path}")
    print(f"wrote {args.out}")
