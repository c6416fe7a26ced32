"""Hostile submissions against the grader: each must end as stated, none with a wrong score."""

import concurrent.futures
import pathlib
import re
import tempfile

from . import hostile, hostile_intake, toolchain, trial, tree
from .errors import InfraError

CHAPTER = 2
# Of the host, and of our hidden tests.
SECRETS = re.compile(r"root:[x*!]:|BEGIN [A-Z ]*PRIVATE KEY|chapter_checks\(\)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def try_attack(chapter, attack, settings, compiler):
    """What is wrong with how it ended; nothing if it is as stated."""
    tests = [t for t in chapter.tests if t.exercise == hostile.EXERCISE]
    try:
        result = trial.run(chapter, attack.files, settings, compiler, "hostile", tests)
    except InfraError as error:
        return f"{attack.name}: infra_error: {error.text[:500]}"
    verdict = result.verdicts[hostile.TEST]
    details = result.lines.get(hostile.TEST, {}).get("details", {})
    printed = details.get("printed", "")
    text = result.log + printed + details.get("why", "")
    if verdict not in attack.verdicts or result.points not in attack.points:
        return (f"{attack.name}: {verdict} and {result.points} points, stated "
                f"{'|'.join(attack.verdicts)} and {'|'.join(map(str, attack.points))}\n"
                f"{result.log[-800:]}{str(details)[:800]}")
    if attack.printed is not None and printed.replace("\\x0a", "") != attack.printed:
        return f"{attack.name}: printed {printed!r}, stated {attack.printed!r}"
    if SECRETS.search(text) or CONTROL.search(text):
        return f"{attack.name}: its report holds what it should not: {text[:300]!r}"
    return ""


def try_intake(chapter, attack, settings, compiler):
    name, make, stated = attack
    with tempfile.TemporaryDirectory(dir=toolchain.BUILD) as folder:
        files, refused = hostile_intake.run(name, make, chapter, folder)
    verdict, points = refused.partition(":")[0], 0
    if files is not None:
        result = trial.run(chapter, files, settings, compiler, "hostile")
        points = result.points
        verdict = "" if points == chapter.points else result.verdicts[chapter.tests[0].name]
    if verdict != stated:
        return f"{name}: {verdict or 'taken'} and {points} points, stated {stated or 'taken'}"
    if pathlib.Path("/tmp/tokenwalk_slipped").exists():
        return f"{name}: wrote outside of the submission"
    return ""


def run(settings, compiler, jobs, wanted=""):
    """(number of submissions, messages about those that did not end as stated)."""
    chapter = next(c for c in tree.read_chapters() if c.number == CHAPTER)
    attacks = [a for a in hostile.read(chapter) if wanted in a.name]
    folders = [a for a in hostile_intake.ATTACKS if wanted in a[0]]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = [pool.submit(try_attack, chapter, a, settings, compiler) for a in attacks]
        runs += [pool.submit(try_intake, chapter, a, settings, compiler) for a in folders]
        messages = [run_.result() for run_ in runs]
    return len(runs), [m for m in messages if m]
