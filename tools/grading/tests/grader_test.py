"""One submission from intake to result."""

import json
import pathlib
import tempfile
import unittest
from unittest import mock

import support
from grading import compiler, grader, sandbox, submission, toolchain, tree
from grading.errors import InfraError
from grading.verbs import common


class Grader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        toolchain.prepare()
        cls.chapters = tree.choose(tree.read_chapters(), ["01", "02", "03"])

    def setUp(self):
        tier = support.sandbox_or_skip(self)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "result.json"
        self.settings = grader.Settings(self.chapters, tier, secret=b"for the tests alone")

    def grade(self):
        return grader.grade(self.folder / "in", "s1", self.out, self.settings)

    def submit(self, **files):
        for chapter in self.chapters:
            submission.write(self.folder / "in", files.get(f"c{chapter.label}",
                                                           submission.solved(chapter)))

    def test_the_reference_has_every_point(self):
        self.submit()
        document = self.grade()
        self.assertEqual((document["score"], document["max_score"]), (300, 300))
        self.assertEqual(json.loads(self.out.read_text()), document)

    def test_a_chapter_costs_only_itself(self):
        path = self.chapters[0].edit[0]
        self.submit(c01={**submission.solved(self.chapters[0]), path: b"no program"},
                    c02=submission.starter(self.chapters[1]))
        document = self.grade()
        self.assertEqual([c["score"] for c in document["chapters"]], [0, 0, 100])
        verdicts = {t["chapter"]: t["verdict"] for t in document["tests"]}
        self.assertEqual(list(verdicts.values()), ["compile_error", "not_implemented", "passed"])
        self.assertIn("split.cpp:1:1: error", document["chapters"][0]["log"])

    def test_a_result_is_whole_at_every_moment(self):
        self.submit()
        seen = []
        add = grader.Result.add

        def look(result, line):
            seen.append(json.loads(self.out.read_text()))
            add(result, line)

        with mock.patch.object(grader.Result, "add", look):
            self.grade()
        self.assertEqual(len(seen), sum(len(c.tests) for c in self.chapters))
        for number, document in enumerate(seen):
            self.assertEqual(document["state"], "running")
            self.assertEqual(sum(t["verdict"] == "passed" for t in document["tests"]), number)

    def test_a_fault_of_the_machine_is_no_zero(self):
        self.submit()
        with mock.patch.object(toolchain, "driver", lambda chapter: "/bin/false"):
            self.assertRaises(InfraError, self.grade)
        self.assertFalse(self.out.exists())
        with mock.patch.object(toolchain, "base", lambda chapter: self.folder / "nothing"):
            self.settings.cache = self.folder / "cache"
            self.assertRaises((InfraError, OSError), self.grade)
        self.assertFalse(self.out.exists())

    def test_no_sandbox_is_an_error_not_a_zero(self):
        with mock.patch.object(sandbox, "probe", lambda tier: "not here"):
            with self.assertRaises(InfraError) as caught:
                sandbox.choose_tier()
        self.assertEqual(caught.exception.code, 3)

    def test_tier_three_must_be_asked_for(self):
        self.assertRaises(sandbox.CourseError, sandbox.choose_tier, 3)
        self.assertEqual(sandbox.choose_tier(3, allow_none=True), 3)

    def test_both_tiers_give_the_same(self):
        self.submit()
        scores = {}
        for tier in (1, 2):
            if sandbox.probe(tier):
                self.skipTest(f"tier {tier}: {sandbox.probe(tier)}")
            self.settings.tier = tier
            self.settings.cache = self.folder / f"cache{tier}"
            self.settings.chapters = self.chapters[1:2]
            scores[tier] = self.grade()["score"]
        self.assertEqual(scores, {1: 100, 2: 100})

    def test_a_secret_is_needed(self):
        arguments = mock.Mock(secret=None)
        with mock.patch.dict("os.environ", {common.SECRET_VARIABLE: "short"}):
            self.assertRaises(sandbox.CourseError, common.read_secret, arguments)


class Logs(unittest.TestCase):
    def test_nothing_unprintable_and_no_paths(self):
        mounts = [sandbox.Mount("/tmp/x", "/in")]
        text = compiler.shorten("/tmp/x/in/a.cpp:1: \x1b[31mred\x00", mounts)
        self.assertEqual(text, "in/a.cpp:1: �[31mred�")


if __name__ == "__main__":
    unittest.main()
