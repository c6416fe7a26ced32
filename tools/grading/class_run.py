"""Many submissions: a queue without a server. What is done stands in the results' folder, so a run
that was killed goes on where it was."""

import concurrent.futures
import hashlib
import json
import sys
import time

from . import atomic, grader, intake
from .errors import CourseError, InfraError


def submissions(root):
    if not root.is_dir():
        raise CourseError("no such folder", str(root), "a folder with a folder for each submission")
    return sorted(p for p in root.iterdir() if p.is_dir() and not p.is_symlink()
                  and not p.name.startswith("."))


def part_of(items, part):
    """Every n-th item from the k-th on, for "k/n"."""
    try:
        k, n = map(int, part.split("/"))
    except ValueError:
        k, n = 0, 0
    if not 1 <= k <= n:
        raise CourseError("bad part", part, "K/N with 1 <= K <= N, such as 2/8")
    return items[k - 1::n]


def fingerprint(submission, settings):
    """A hash of all that the result depends on."""
    head = "\0".join([settings.version, settings.assignment, submission.name])
    digest = hashlib.sha256(head.encode())
    digest.update(hashlib.sha256(settings.secret).digest())
    for chapter in settings.chapters:
        files, refused = intake.take(submission, chapter)
        digest.update(repr((chapter.id, sorted((files or {}).items()), refused)).encode())
    return digest.hexdigest()[:32]


def standing(path, key):
    """Whether a finished result for this key is there."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError):
        return False
    return document.get("state") == "done" and document.get("fingerprint") == key


def grade_one(submission, path, settings, key):
    """Runs in a process of the pool. Returns why there is no result; nothing if there is one."""
    working = path.with_name(f".{path.name}.part")
    try:
        document = grader.grade(submission, submission.name, working, settings)
    except InfraError as error:
        return f"{submission.name}: {error.text}"
    document["fingerprint"] = key
    atomic.write_json(path, document)
    working.unlink()
    return ""


class Progress:
    """A line with the time left, on a terminal; in a file or pipe one line at the end."""

    def __init__(self, total):
        self.total, self.done, self.start = total, 0, time.monotonic()
        self.live = sys.stderr.isatty()

    def step(self):
        self.done += 1
        if self.live:
            left = (time.monotonic() - self.start) / self.done * (self.total - self.done)
            print(f"\r{self.done} of {self.total} graded, {left:.0f} s left ", end="",
                  file=sys.stderr, flush=True)

    def close(self, kept, failed):
        took = time.monotonic() - self.start
        print(f"{'' if not self.live else chr(13)}{self.done - failed} graded in {took:.1f} s, "
              f"{kept} kept, {failed} not graded (infrastructure)", file=sys.stderr)


def grade_all(items, results, settings, jobs, resume):
    """Returns how many could not be graded; the others' results stand."""
    results.mkdir(parents=True, exist_ok=True)
    keys = {item: fingerprint(item, settings) for item in items}
    place = {item: results / f"{item.name}.json" for item in items}
    waiting = [i for i in items if not (resume and standing(place[i], keys[i]))]
    progress = Progress(len(waiting))
    failed = 0
    with concurrent.futures.ProcessPoolExecutor(max(1, jobs)) as pool:
        runs = [pool.submit(grade_one, i, place[i], settings, keys[i]) for i in waiting]
        for run in concurrent.futures.as_completed(runs):
            if run.result():
                failed += 1
                print(f"\n{run.result()}", file=sys.stderr)
            progress.step()
    progress.close(len(items) - len(waiting), failed)
    return failed
