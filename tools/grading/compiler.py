"""Compiles a student's chapter in the sandbox: each file alone, then the worker."""

import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import tempfile

from . import toolchain
from .errors import InfraError
from .sandbox import Mount, run_in_box, seen

# What g++ says when a limit, not the program, stopped it.
LIMIT = re.compile(r"signal terminated program|memory exhausted|out of memory|Cannot allocate|"
                   r"File size limit|No space left|bad_alloc|Killed")


@dataclasses.dataclass(frozen=True)
class Compiled:
    worker: pathlib.Path | None
    verdict: str = ""  # compile_error or compile_limit if there is no worker
    log: str = ""


class Compiler:
    """Keeps objects and workers by the hash of all that they are made of."""

    def __init__(self, tier, limits, cache):
        self.tier, self.limits, self.cache = tier, limits, pathlib.Path(cache)
        self.cache.mkdir(parents=True, exist_ok=True)
        self.salt = (toolchain.COURSE / "made").read_bytes()

    def compile(self, chapter, files):
        """files: path to bytes, all of the chapter's."""
        parts = []
        for path in chapter.edit:
            done = self._object(path, files[path])
            if done.worker is None:
                return done
            parts.append(done.worker)
        return self._worker(chapter, parts)

    def _key(self, *parts):
        digest = hashlib.sha256(self.salt + " ".join(toolchain.FLAGS).encode())
        for part in parts:
            part = part if isinstance(part, bytes) else str(part).encode()
            digest.update(len(part).to_bytes(8, "little") + part)
        return digest.hexdigest()[:40]

    def _object(self, path, content):
        made = self.cache / f"{self._key('object', path, content)}.o"
        if made.exists():
            return Compiled(made)
        with tempfile.TemporaryDirectory(dir=self.cache, prefix="in.") as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True)
            file.write_bytes(content)
            open_to_all(folder)
            source, include = Mount(folder, "/in"), Mount(toolchain.INCLUDE, "/src")
            command = ["/usr/bin/g++", *toolchain.FLAGS, "-pipe", "-I", seen(include, self.tier),
                       "-include", "standard.h",
                       "-c", f"{seen(source, self.tier)}/{path}"]
            return self._make(command, [source, include], made)

    def _worker(self, chapter, parts):
        made = self.cache / f"{self._key('worker', chapter.id, *[p.name for p in parts])}.worker"
        if made.exists():
            return Compiled(made)
        base = Mount(toolchain.base(chapter), "/base")
        objects = [Mount(part, f"/in/{i}.o") for i, part in enumerate(parts)]
        given = sorted(toolchain.base(chapter).iterdir())
        command = ["/usr/bin/g++", "-static", *[seen(m, self.tier) for m in objects],
                   *[f"{seen(base, self.tier)}/{p.name}" for p in given if p.suffix == ".o"],
                   "-Wl,--whole-archive", f"{seen(base, self.tier)}/libcourse_worker.a",
                   "-Wl,--no-whole-archive", "-Wl,--start-group",
                   *[f"{seen(base, self.tier)}/{p.name}" for p in given if p.suffix == ".a"],
                   "-Wl,--end-group"]
        return self._make(command, [base, *objects], made)

    def _make(self, command, mounts, made):
        with tempfile.TemporaryDirectory(dir=self.cache, prefix="out.") as folder:
            os.chmod(folder, 0o777)
            out = Mount(folder, "/out", True)
            done = run_in_box(self.tier, [*command, "-o", f"{seen(out, self.tier)}/made"],
                              [*mounts, out], self.limits)
            result = pathlib.Path(folder) / "made"
            log = shorten(done["output"], mounts)
            if done["timed_out"] or done["flooded"] or done["signal"] or (
                    done["exit"] != 0 and LIMIT.search(done["output"])):
                return Compiled(None, "compile_limit", log)
            if done["exit"] != 0:
                return Compiled(None, "compile_error", log)
            if result.is_symlink() or not result.is_file():
                raise InfraError("the compiler left no file", str(result))
            fresh = made.with_suffix(f".{os.getpid()}")
            shutil.copyfile(result, fresh)
            os.chmod(fresh, 0o755)
            os.replace(fresh, made)
        return Compiled(made)


def open_to_all(folder):
    """What another user must be able to read."""
    for path in [pathlib.Path(folder), *pathlib.Path(folder).rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def shorten(log, mounts):
    """A compiler's words with the paths that a student knows, and nothing unprintable."""
    for mount in mounts:
        log = log.replace(f"{mount.host}/", "").replace(f"{mount.inside}/", "")
    return printable(log)


def printable(text):
    return "".join(c if c in "\n\t" or c.isprintable() else "�" for c in text)
