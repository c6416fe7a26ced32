"""Grades one submission: intake, compile, run, result."""

import dataclasses
import json
import pathlib
import subprocess

from . import intake, seeds, toolchain
from .compiler import Compiler, printable
from .errors import InfraError
from .result import Result, grader_version
from .sandbox import TIERS, Limits


@dataclasses.dataclass
class Settings:
    chapters: list
    tier: int
    assignment: str = "all"
    secret: bytes = b""
    limits: Limits = dataclasses.field(default_factory=Limits)
    cache: pathlib.Path = toolchain.BUILD / "course-cache"
    version: str = dataclasses.field(default_factory=grader_version)


def grade(submission, student, out, settings):
    """Writes the result to `out` and returns it. InfraError: there is no result file."""
    result = Result(pathlib.Path(out), settings.chapters, {
        "assignment": settings.assignment, "submission": student, "grader": settings.version,
        "sandbox": {"tier": settings.tier, "what": TIERS[settings.tier]}})
    try:
        compiler = Compiler(settings.tier, settings.limits, settings.cache)
        for chapter in settings.chapters:
            grade_chapter(chapter, submission, student, settings, compiler, result)
        result.finish()
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt):
            result.discard()
        raise
    return result.document


def grade_chapter(chapter, submission, student, settings, compiler, result):
    files, refused = intake.take(submission, chapter)
    if files is None:
        verdict, _, reason = refused.partition(": ")
        result.close_chapter(chapter, verdict, printable(reason))
        return
    compiled = compiler.compile(chapter, files)
    if compiled.worker is None:
        result.close_chapter(chapter, compiled.verdict, compiled.log)
        return
    result.chapters[chapter.id]["compile"] = "compiled"
    tests = plan_of(chapter.tests, student, settings)
    run_driver(chapter, compiled.worker, tests, settings, result.add)


def plan_of(tests, student, settings):
    return [{"name": t.name,
             "seed": seeds.seed_of(t, settings.secret, settings.assignment, student)}
            for t in tests]


def run_driver(chapter, worker, tests, settings, on_line):
    """Runs the chapter's driver; on_line hears of each test as it ends."""
    plan = {"worker": str(worker.resolve()), "tier": settings.tier, "tests": tests,
            "wall": settings.limits.test_wall, "cpu": settings.limits.test_cpu,
            "memory": settings.limits.test_memory}
    driver = subprocess.Popen([toolchain.driver(chapter), "--grade", json.dumps(plan)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    done = set()
    try:
        for text in driver.stdout:
            line = json.loads(text)
            if line["verdict"] != "infra_error":
                done.add(line["test"])
                on_line(line)
        errors = driver.stderr.read().decode(errors="replace")
    finally:
        driver.kill()
        status = driver.wait()
        driver.stdout.close()
        driver.stderr.close()
    if status != 0 or done != {t["name"] for t in tests}:
        raise InfraError(f"the driver of chapter {chapter.label} failed", errors[-2000:])
