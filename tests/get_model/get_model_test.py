#!/usr/bin/env python3
"""tools/get_model OWNER/NAME against a hub on the loopback interface. Exit status 77: skipped."""

import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from hub_server import Hub

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "data/tiny"
SKIPPED = 77


def tiny_files():
    files = {path.name: path.read_bytes() for path in sorted(TINY.iterdir())}
    others = {"README.md": b"text", "pytorch_model.bin": b"x" * 1000, "consolidated.safetensors": b"y",
              "original/model.safetensors": b"z"}
    return files | others


class GetModel(unittest.TestCase):
    def setUp(self):
        self.hub = Hub({"me/tiny": tiny_files(), "me/bare": {"README.md": b"text"}})
        self.folder = tempfile.TemporaryDirectory()
        self.models = Path(self.folder.name) / "models"

    def tearDown(self):
        self.hub.stop()
        self.folder.cleanup()

    def run_tool(self, name, url=None):
        environment = os.environ | {
            "HF_ENDPOINT": url or self.hub.url, "HF_HOME": self.folder.name + "/home",
            "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
            "TOKENWALK_MODELS": str(self.models)}
        return subprocess.run([ROOT / "tools/get_model", name], env=environment, text=True,
                              capture_output=True, timeout=100)

    def refused(self, name, *says, url=None):
        result = self.run_tool(name, url)
        self.assertEqual(result.returncode, 1, result.stderr)
        for part in ("found:", "expected:", *says):
            self.assertIn(part, result.stderr)
        self.assertFalse((self.models / name).exists())

    def test_lists_the_models_with_a_name(self):
        result = subprocess.run([ROOT / "tools/get_model"], text=True, capture_output=True)
        self.assertIn("  smollm2 ", result.stdout)
        self.assertIn("  smollm2 ", self.run_tool("no-such-name").stderr)

    def test_fetches_what_is_needed_and_nothing_else(self):
        result = self.run_tool("me/tiny")
        self.assertEqual(result.returncode, 0, result.stderr)
        fetched = {path.name: path.read_bytes() for path in (self.models / "me/tiny").iterdir()}
        self.assertEqual(fetched, {path.name: path.read_bytes() for path in TINY.iterdir()})
        self.assertEqual(os.listdir(self.models / "me"), ["tiny"])
        again = self.run_tool("me/tiny")
        self.assertEqual(again.returncode, 1)
        self.assertIn("already", again.stderr)

    def test_a_cut_download_goes_on_where_it_stopped(self):
        self.hub.models["me/tiny"]["model.safetensors"] = random.Random(1).randbytes(24 << 20)
        self.hub.cuts["model.safetensors"] = 1
        result = self.run_tool("me/tiny")
        self.assertEqual(result.returncode, 0, result.stderr)
        data = (self.models / "me/tiny/model.safetensors").read_bytes()
        self.assertEqual(data, self.hub.models["me/tiny"]["model.safetensors"])
        ranges = [r for method, path, r in self.hub.seen
                  if method == "GET" and path.endswith("/model.safetensors") and r]
        # huggingface_hub keeps what it has in pieces of 10 MiB; the cut comes after 12.
        self.assertEqual(ranges, [f"bytes={10 << 20}-"])

    def test_a_second_run_goes_on_with_what_the_first_one_kept(self):
        self.hub.lies.add("model.safetensors")
        self.refused("me/tiny", "model.safetensors")
        self.hub.lies.clear()
        self.hub.seen.clear()
        self.assertEqual(self.run_tool("me/tiny").returncode, 0)
        fetched = [path.split("/")[-1] for method, path, _ in self.hub.seen
                   if method == "GET" and "resolve" in path]
        self.assertNotIn("config.json", fetched)
        self.assertIn("model.safetensors", fetched)

    def test_a_wrong_hash_is_refused(self):
        for file in ("model.safetensors", "tokenizer.json"):
            self.hub.lies = {file}
            self.refused("me/tiny", file, "hash 0000")

    def test_what_cannot_be_fetched_is_explained(self):
        self.refused("me/none", "there is no model me/none")
        self.refused("me/bare", "has no config.json")
        self.hub.gated.add("me/tiny")
        self.refused("me/tiny", "gated", "HF_TOKEN")
        self.refused("me/tiny", "network", url="http://127.0.0.1:9")


if __name__ == "__main__":
    setup = subprocess.run([ROOT / "tools/get_model", "--setup"], capture_output=True, text=True)
    if setup.returncode != 0:
        print("skipped: huggingface_hub cannot be installed here\n" + setup.stderr)
        sys.exit(SKIPPED)
    unittest.main()
