"""Hostile folders and archives: each makes a submission of chapter 02 in a folder and says what
must become of it."""

import os
import pathlib
import stat
import zipfile

from . import intake, submission


def honest(chapter, folder):
    submission.write(folder, submission.solved(chapter))
    return pathlib.Path(folder) / chapter.edit[0]


def replaced(make):
    """An attack that puts something else in the file's place."""
    def attack(chapter, folder):
        file = honest(chapter, folder)
        file.unlink()
        make(file)
        return folder
    return attack


def link_of_a_folder(chapter, folder):
    file = honest(chapter, pathlib.Path(folder) / "elsewhere")
    (pathlib.Path(folder) / "chapters").symlink_to(pathlib.Path(folder) / "elsewhere" / "chapters")
    return folder if file.exists() else None


def user_changing(chapter, folder):
    honest(chapter, folder).chmod(0o4755)
    return folder


def further_files(chapter, folder):
    honest(chapter, folder)
    for name in ("CMakeLists.txt", "lib/base/lanes.h", "chapters/02_softmax_temperature/softmax.h",
                 "tools/grading/checks/ch02.cpp", "std/vector", "vector"):
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#error a header of the submission was read\n")
    return folder


def archive(edit):
    """An attack with a zip: the chapter's files, and what `edit` writes."""
    def attack(chapter, folder):
        path = pathlib.Path(folder) / "submission.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            edit(out, chapter)
        return path
    return attack


def slip(out, chapter):
    for name, content in submission.solved(chapter).items():
        out.writestr(name, content)
        out.writestr(f"../../{name}", "#error slipped")
    out.writestr("/tmp/tokenwalk_slipped", "slipped")
    out.writestr("../../../../../../tmp/tokenwalk_slipped", "slipped")


def bomb(out, chapter):
    out.writestr(chapter.edit[0], b"/" * (64 << 20))


def link(out, chapter):
    info = zipfile.ZipInfo(chapter.edit[0])
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    out.writestr(info, "/etc/passwd")


def twice(out, chapter):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for content in (submission.solved(chapter)[chapter.edit[0]], b"#error the second\n"):
            out.writestr(chapter.edit[0], content)


def whole(out, chapter):
    for name, content in submission.solved(chapter).items():
        out.writestr(name, content)


def no_archive(chapter, folder):
    path = pathlib.Path(folder) / "submission.zip"
    path.write_bytes(b"PK\x03\x04 and nothing else")
    return path


# (name, what makes it, the verdict of the chapter: "" is none, it compiles and scores everything)
ATTACKS = [
    ("a link to a file", replaced(lambda f: f.symlink_to("/etc/passwd")), "rejected"),
    ("a link to the right file", replaced(lambda f: f.symlink_to(
        submission.ROOT / "chapters" / "02_softmax_temperature" / "softmax.cpp")), "rejected"),
    ("a link that leads nowhere", replaced(lambda f: f.symlink_to("nowhere")), "rejected"),
    ("a folder that is a link", link_of_a_folder, "rejected"),
    ("a pipe", replaced(os.mkfifo), "rejected"),
    ("a folder in the file's place", replaced(lambda f: f.mkdir()), "rejected"),
    ("a file of 300 kilobytes", replaced(lambda f: f.write_bytes(b"/" * (300 << 10))), "rejected"),
    ("a sparse file of a terabyte", replaced(
        lambda f: (f.touch(), os.truncate(f, 1 << 40))), "rejected"),
    ("a program that changes the user", user_changing, "rejected"),
    ("no file", replaced(lambda f: None), "missing_file"),
    ("an empty folder", lambda chapter, folder: folder, "missing_file"),
    ("an empty file", replaced(lambda f: f.write_bytes(b"")), "compile_error"),
    ("a file of zero bytes", replaced(lambda f: f.write_bytes(bytes(1000))), "compile_error"),
    ("headers and builds of its own", further_files, ""),
    ("an honest archive", archive(whole), ""),
    ("an archive that leads out", archive(slip), ""),
    ("an archive that grows", archive(bomb), "rejected"),
    ("an archive with a link", archive(link), "rejected"),
    ("an archive with a file twice", archive(twice), "rejected"),
    ("no archive", no_archive, "rejected"),
]


def run(name, make, chapter, folder):
    """The verdict of intake and the files."""
    return intake.take(make(chapter, folder), chapter)
