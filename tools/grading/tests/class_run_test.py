"""Many submissions: a run that is killed loses nothing and does nothing twice."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import support
from grading import seeds, submission, toolchain, tree
from grading.tree import ROOT

SECRET = {**os.environ, "TOKENWALK_COURSE_SECRET": "a secret for the tests"}
COURSE = ROOT / "tools" / "course"


def command(root, results, *more):
    return [COURSE, "grade-all", root, "--results", results, "--chapters", "02", "-j", "2", *more]


def run(*arguments, **more):
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True, env=SECRET,
                          **more)


def finished(results):
    """{name: when it was written} of the results that stand."""
    return {p.name: p.stat().st_mtime_ns for p in results.glob("[!.]*.json")
            if json.loads(p.read_text())["state"] == "done"}


class ClassRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        toolchain.prepare()

    def setUp(self):
        support.sandbox_or_skip(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root, self.results = (pathlib.Path(folder.name) / n for n in ("in", "out"))
        chapter = tree.choose(tree.read_chapters(), ["02"])[0]
        solved, starter = submission.solved(chapter), submission.starter(chapter)
        for i in range(12):
            submission.write(self.root / f"s{i:02}", starter if i % 4 == 3 else solved)

    def scores(self):
        return {p.stem: json.loads(p.read_text())["score"] for p in self.results.glob("[!.]*.json")}

    def test_killed_at_any_moment_it_goes_on(self):
        seen = {}
        for wait in (0.8, 1.5, 2.5):
            process = subprocess.Popen(command(self.root, self.results, "--resume"), env=SECRET,
                                       start_new_session=True, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            now = finished(self.results) if self.results.exists() else {}
            self.assertLessEqual(seen.items(), now.items())  # none lost, none done again
            seen = now
        done = run(*command(self.root, self.results, "--resume"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{len(seen)} kept", done.stderr)
        self.assertLessEqual(seen.items(), finished(self.results).items())
        self.assertEqual(self.scores(), {f"s{i:02}": 0 if i % 4 == 3 else 100 for i in range(12)})

    def test_parts_are_the_whole(self):
        for part in ("1/3", "2/3", "3/3"):
            self.assertEqual(run(*command(self.root, self.results, "--part", part)).returncode, 0)
        self.assertEqual(len(finished(self.results)), 12)

    def test_grading_again_changes_nothing(self):
        again = self.results.with_name("again")
        for results in (self.results, again):
            self.assertEqual(run(*command(self.root, results)).returncode, 0)
        changed = run(COURSE, "regrade", self.results, again)
        self.assertIn("0 of 12 submissions differ", changed.stdout)
        path = self.root / "s00" / "chapters/02_softmax_temperature/softmax.cpp"
        path.write_text(path.read_text().replace("logits[i] > logits[best]",
                                                 "logits[i] >= logits[best]"))
        self.assertEqual(run(*command(self.root, again, "--resume")).returncode, 0)
        changed = run(COURSE, "regrade", self.results, again)
        self.assertIn("1 of 12 submissions differ", changed.stdout)
        self.assertIn("02.1 ties: passed 5/5 -> wrong_answer 0/5", changed.stdout)
        self.assertIn("12 submissions", run(COURSE, "summary", again).stdout)
        told = run(COURSE, "explain", again / "s00.json", "02.1 ties").stdout
        self.assertIn("called:   argmax", told)
        self.assertIn("again: tools/course grade", told)


class Seeds(unittest.TestCase):
    def test_hidden_inputs_depend_on_all_four(self):
        base = seeds.hidden_seed(b"secret", "a", "s", "t")
        self.assertEqual(base, seeds.hidden_seed(b"secret", "a", "s", "t"))
        others = [seeds.hidden_seed(*four) for four in (
            (b"other", "a", "s", "t"), (b"secret", "b", "s", "t"), (b"secret", "a", "r", "t"),
            (b"secret", "a", "s", "u"))]
        self.assertEqual(len({base, *others}), 5)


if __name__ == "__main__":
    unittest.main()
