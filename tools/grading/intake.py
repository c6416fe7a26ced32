"""Takes a student's files: by an allow-list, without following links, nothing else."""

import os
import pathlib
import stat
import zipfile

MAX_BYTES = 256 << 10


def read_file(root, path):
    """(bytes, "") or (None, verdict): missing_file, or rejected with a reason after a colon.

    Every folder on the way is opened without following links, so that no part of the path can
    lead out of the submission."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        *folders, name = path.split("/")
        for folder in folders:
            deeper = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = deeper
        return _read(handle, name)
    except FileNotFoundError:
        return None, "missing_file"
    except OSError as error:
        return None, f"rejected: {path} lies behind a link or no folder ({error.strerror})"
    finally:
        os.close(handle)


def _read(folder, name):
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        return None, f"rejected: {name} is no ordinary file"
    if status.st_mode & (stat.S_ISUID | stat.S_ISGID):
        return None, f"rejected: {name} wants to change the user"
    if status.st_size > MAX_BYTES:
        return None, f"rejected: {name} has {status.st_size} bytes, at most {MAX_BYTES} are taken"
    # O_NONBLOCK: should the file have become a pipe since, opening it must not wait.
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None, f"rejected: {name} is no ordinary file"
        with os.fdopen(os.dup(handle), "rb") as file:
            content = file.read(MAX_BYTES + 1)
    finally:
        os.close(handle)
    if len(content) > MAX_BYTES:
        return None, f"rejected: {name} grew while it was read"
    return content, ""


def read_member(path, name):
    """As read_file, from an archive: only members of exactly that name count, none is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [info for info in archive.infolist() if info.filename == name]
            if not found:
                return None, "missing_file"
            mode = found[0].external_attr >> 16
            if len(found) > 1 or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
                return None, f"rejected: {name} is twice in the archive, or no ordinary file"
            with archive.open(found[0]) as member:
                content = member.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        return None, f"rejected: the archive cannot be read ({error})"
    if len(content) > MAX_BYTES:
        return None, f"rejected: {name} has more than {MAX_BYTES} bytes"
    return content, ""


def take(root, chapter):
    """The chapter's files as {path: bytes}, or the verdict that stands for the whole chapter.
    root: a folder, or a zip file."""
    read = read_file if pathlib.Path(root).is_dir() else read_member
    files = {}
    for path in chapter.edit:
        content, verdict = read(root, path)
        if content is None:
            return None, verdict if ":" in verdict else f"{verdict}: {path}"
        files[path] = content
    return files, ""
