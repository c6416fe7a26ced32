"""Do the tests tell right from wrong? Solutions against tests: the reference and all variants must
have every point, the starter none, each mutant must lose points within its band, each test must
find some mutant, and tolerances must lie far from both."""

import concurrent.futures
import dataclasses

from . import mutants, submission, trial, variants

MARGIN = 10  # times between a tolerance and what it must let pass or catch


@dataclasses.dataclass
class Report:
    faults: list = dataclasses.field(default_factory=list)
    counts: dict = dataclasses.field(default_factory=lambda: {"variants": 0, "mutants": 0,
                                                              "tests": 0, "holes": 0})
    losses: list = dataclasses.field(default_factory=list)  # (chapter, mutant, points lost, tests)
    tolerances: list = dataclasses.field(default_factory=list)

    def check(self, holds, message):
        if not holds:
            self.faults.append(message)


def chapter_jobs(chapter):
    """(what, files) of everything that is tried on a chapter."""
    yield "reference", submission.solved(chapter)
    yield "starter", submission.starter(chapter)
    for number, files in variants.read(chapter).items():
        yield f"variant {number}", files
    for mutant in mutants.read(chapter):
        yield mutant, mutant.files


def run(chapters, settings, compiler, jobs, student, on_done):
    """Everything on every chapter: {chapter number: [(what, Trial)]}."""
    work = [(chapter, what, files) for chapter in chapters
            for what, files in chapter_jobs(chapter)]
    results = {chapter.number: [] for chapter in chapters}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = [pool.submit(trial.run, chapter, files, settings, compiler, student)
                for chapter, _, files in work]
        for (chapter, what, _), future in zip(work, runs):
            results[chapter.number].append((what, future.result()))
            on_done(len(work))
    return results


def judge(chapters, results, checks):
    """checks: {test: tolerance}. A Report of everything that is not as it should be."""
    report = Report()
    for chapter in chapters:
        judge_chapter(chapter, results[chapter.number], checks, report)
    return report


def wrong_of(trial_):
    return {n: v for n, v in trial_.verdicts.items() if v != "passed"}


def judge_chapter(chapter, tried, checks, report):
    right, wrong, killers = [], [], {test.name: [] for test in chapter.tests}
    for what, result in tried:
        name = f"chapter {chapter.label}, {what if isinstance(what, str) else what.name}"
        if what == "starter":
            report.check(result.points == 0, f"{name}: scores {result.points}, not 0")
            report.check(set(result.verdicts.values()) == {"not_implemented"},
                         f"{name}: {wrong_of(result)} {result.log[:500]}")
        elif isinstance(what, str):
            right.append(result)
            report.check(result.points == chapter.points,
                         f"{name}: {wrong_of(result)} {result.log[:1500]}")
        else:
            wrong.append(result)
            judge_mutant(chapter, what, result, name, killers, report)
    for test, found in killers.items():
        report.check(found, f"chapter {chapter.label}: no mutant is found by {test}")
        judge_tolerance(test, checks[test], right, wrong, report)
    report.counts["variants"] += len(right) - 1
    report.counts["mutants"] += len(wrong)
    report.counts["tests"] += len(chapter.tests)
    report.counts["holes"] += len(chapter.exercises)


def judge_mutant(chapter, mutant, result, name, killers, report):
    failed = wrong_of(result)
    if set(failed.values()) & {"compile_error", "compile_limit"}:
        report.faults.append(f"{name}: does not compile: {result.log[:1500]}")
        return
    for test in failed:
        killers[test].append(mutant.name)
    lost = chapter.points - result.points
    low, high = mutant.band
    report.losses.append((chapter, mutant, lost, sorted(failed)))
    report.check(low <= lost <= high,
                 f"{name} ({mutant.exercise}, {mutant.kind}): costs {lost} points, expected {low} "
                 f"to {high}: {sorted(failed)}")


def judge_tolerance(test, tolerance, right, wrong, report):
    """The row of the table: tolerance between the largest valid and the smallest wrong distance."""
    if tolerance == 0:
        return
    valid = max(r.distances.get(test, 0) for r in right)
    caught = [r.distances[test] for r in wrong
              if r.verdicts[test] == "wrong_answer" and r.distances.get(test, 0) > tolerance]
    smallest = min(caught, default=None)
    report.tolerances.append((test, valid, tolerance, smallest))
    report.check(valid * MARGIN <= tolerance, f"{test}: a right solution is {valid:.1e} away, too "
                 f"near to the tolerance {tolerance:.0e}")
    report.check(smallest is None or smallest >= MARGIN * tolerance,
                 f"{test}: a mutant is only {smallest or 0:.1e} away, too near to the tolerance "
                 f"{tolerance:.0e}")
