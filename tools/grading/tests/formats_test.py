"""The forms that platforms read, against their published schemas, as far as they say something."""

import json
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree as ET

import support
from grading import formats
from grading.verbs import export


def is_a(test, value, kind, keys=()):
    test.assertIsInstance(value, kind)
    for key in keys:
        test.assertIn(key, value)


class Formats(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "result.json"
        self.document = support.sample(self.path, "wrong_answer")

    def text(self, name):
        return formats.WRITERS[name].text(self.document)

    def test_gradescope(self):
        made = json.loads(self.text("gradescope"))
        allowed = {"score", "execution_time", "output", "output_format", "test_output_format",
                   "test_name_format", "visibility", "stdout_visibility", "extra_data", "tests",
                   "leaderboard"}
        self.assertLessEqual(set(made), allowed)
        test_keys = {"score", "max_score", "status", "name", "name_format", "number", "output",
                     "output_format", "tags", "visibility", "extra_data"}
        for test in made["tests"]:
            self.assertLessEqual(set(test), test_keys)
            self.assertIn(test["status"], ("passed", "failed"))
            self.assertIn(test["visibility"],
                          ("hidden", "after_due_date", "after_published", "visible"))
            self.assertLessEqual(test["score"], test["max_score"])
            self.assertLess(len(test["output"]), 100_000)
        self.assertEqual(len(made["tests"]), len(self.document["tests"]))

    def test_classroom50(self):
        made = json.loads(self.text("classroom50"))
        self.assertEqual(set(made), {
            "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit",
            "release", "review", "datetime", "score", "max-score", "tests"})
        self.assertEqual(made["schema"], "classroom50/result/v1")
        self.assertTrue(made["submission"].startswith("submit/"))
        is_a(self, made["score"], int)
        for test in made["tests"]:
            self.assertLessEqual({"test-name", "passed", "score", "max-score"}, set(test))
            is_a(self, test["score"], int)
            is_a(self, test["passed"], bool)

    def test_prairielearn(self):
        made = json.loads(self.text("prairielearn"))
        is_a(self, made["gradable"], bool)
        self.assertTrue(0 <= made["score"] <= 1)
        for test in made["tests"]:
            is_a(self, test, dict, ("name", "points", "max_points", "output"))
        self.assertLess(len(self.text("prairielearn")), 1 << 20)

    def test_prairielearn_does_not_take_an_attempt_when_nothing_compiles(self):
        for test in self.document["tests"]:
            test["verdict"] = "compile_error"
        self.assertFalse(json.loads(self.text("prairielearn"))["gradable"])

    def test_junit(self):
        root = ET.fromstring(self.text("junit").encode())
        self.assertEqual(root.tag, "testsuites")
        for suite in root:
            cases = suite.findall("testcase")
            self.assertEqual(int(suite.get("tests")), len(cases))
            self.assertEqual(int(suite.get("failures")),
                             sum(c.find("failure") is not None for c in cases))

    def test_hidden_tests_tell_nothing_but_their_verdict(self):
        for name in formats.WRITERS:
            text = self.text(name)
            hidden = [t for t in self.document["tests"] if t["visibility"] == "hidden"]
            public = [t for t in self.document["tests"] if t["visibility"] == "public"]
            self.assertTrue(hidden and public)
            for test in hidden:
                test["details"] = {"fn": "hidden_fn", "args": "hidden_args", "printed": "hidden",
                                   "expected": 1, "got": 2, "where": "", "expected_there": 1,
                                   "got_there": 2}
            self.assertEqual(formats.WRITERS[name].text(self.document), text, name)

    def test_a_public_test_tells_all(self):
        text = self.text("gradescope")
        for part in ("argmax", "expected:", "got:", "first difference at /value", "hint:"):
            self.assertIn(part, text)

    def test_csv(self):
        table = export.table({"s1": self.document})
        self.assertEqual(table[0][:4], ["submission", "02_softmax_temperature",
                                        "03_nucleus_sampling", "score"])
        self.assertEqual(table[1][1:5], [0, 0, 0, 200])
        self.assertEqual(len(table[0]), len(table[1]))
        self.assertEqual(export.plain("=1+1"), "'=1+1")


if __name__ == "__main__":
    unittest.main()
