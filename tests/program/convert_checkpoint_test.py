"""tools/convert_checkpoint on good and bad checkpoints. Skipped (exit 77) where Python has no torch;
TOKENWALK_PYTHON names another Python."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import sys
import tempfile
import unittest

try:
    import torch
    from safetensors.torch import load_file
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/convert_checkpoint"
LOADER = importlib.machinery.SourceFileLoader("convert_checkpoint", str(TOOL))
convert_checkpoint = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("convert_checkpoint", LOADER))
sys.dont_write_bytecode = True
LOADER.exec_module(convert_checkpoint)

SIZES = {"context-length": 32, "d-model": 8, "num-layers": 2, "num-heads": 2, "d-ff": 12,
         "vocab-size": 11}


def good_state():
    torch.manual_seed(1)
    shapes = {"token_embeddings.weight": (11, 8), "ln_final.weight": (8,), "lm_head.weight": (11, 8)}
    for i in range(2):
        shapes |= {f"layers.{i}.attn.{name}_proj.weight": (8, 8) for name in ("q", "k", "v", "output")}
        shapes |= {f"layers.{i}.ln1.weight": (8,), f"layers.{i}.ln2.weight": (8,),
                   f"layers.{i}.ffn.w1.weight": (12, 8), f"layers.{i}.ffn.w2.weight": (8, 12),
                   f"layers.{i}.ffn.w3.weight": (12, 8)}
    return {name: torch.randn(shape) for name, shape in shapes.items()}


class Code:
    """Something that only running its code could bring back."""

    def __reduce__(self):
        return (print, ("code was run",))


class ConvertCheckpoint(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name) / "model"
        self.path = pathlib.Path(self.scratch.name) / "checkpoint.pt"

    def tearDown(self):
        self.scratch.cleanup()

    def convert(self, tree=None, **changes):
        """Exit code, standard output, standard error."""
        if tree is not None:
            torch.save(tree, self.path)
        sizes = SIZES | {name.replace("_", "-"): value for name, value in changes.items()}
        words = [word for name, value in sizes.items() for word in ("--" + name, str(value))]
        sys.argv = [str(TOOL), str(self.path), str(self.folder), *words]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                convert_checkpoint.main()
            except SystemExit as end:  # a text ends the program with 1
                return 1, out.getvalue(), str(end.code)
        return 0, out.getvalue(), err.getvalue()

    def expect_same(self, state):
        written = load_file(self.folder / "model.safetensors")
        self.assertEqual(sorted(written), sorted(state))
        for name, value in state.items():
            self.assertTrue(torch.equal(written[name], value), name)

    def expect_refused(self, outcome, *parts):
        code, out, err = outcome
        self.assertEqual(code, 1, out + err)
        for part in ("found:", "expected:", *parts):
            self.assertIn(part, err)
        self.assertFalse(self.folder.exists(), "nothing is written")

    def test_a_state_dict_and_its_wrappers_give_the_same_folder(self):
        state = good_state()
        compiled = {"_orig_mod." + name: value for name, value in state.items()}
        for tree in (state, {"model": compiled, "optimizer": {"state": {}}, "iteration": 3},
                     {"state_dict": {"module." + name: value for name, value in compiled.items()}}):
            code, _, err = self.convert(tree)
            self.assertEqual(code, 0, err)
            self.expect_same(state)

    def test_config_json_has_the_sizes(self):
        self.convert(good_state(), rope_theta=5000)
        config = json.loads((self.folder / "config.json").read_text())
        self.assertEqual(config, {"architectures": ["TransformerLM"], "vocab_size": 11,
                                  "context_length": 32, "d_model": 8, "num_layers": 2, "num_heads": 2,
                                  "d_ff": 12, "rope_theta": 5000.0, "rms_norm_eps": 1e-05})

    def test_other_tensors_are_left_out_with_a_note(self):
        code, _, err = self.convert(good_state() | {"layers.0.attn.rope.cosines": torch.zeros(3)})
        self.assertEqual(code, 0, err)
        self.assertIn("layers.0.attn.rope.cosines", err)
        self.expect_same(good_state())

    def test_sizes_that_disagree_are_refused(self):
        self.expect_refused(self.convert(good_state(), d_ff=13), "layers.0.ffn.w1.weight", "[12, 8]",
                            "[13, 8]", "hint:")
        self.expect_refused(self.convert(good_state(), vocab_size=12), "token_embeddings.weight",
                            "[11, 8]", "[12, 8]")
        self.expect_refused(self.convert(good_state(), num_layers=3), "9 of 30 tensors are missing",
                            "layers.2.attn.q_proj.weight", "--num-layers")
        self.expect_refused(self.convert(good_state(), num_heads=3), "--d-model", "8 and 3")
        self.expect_refused(self.convert(good_state(), num_heads=0), "--num-heads", "at least 1")

    def test_bad_files_are_refused(self):
        self.expect_refused(self.convert(), "no such checkpoint")
        self.path.write_bytes(b"no pickle at all")
        self.expect_refused(self.convert(), "cannot be read")
        self.expect_refused(self.convert([1, 2]), "no state dict", "list")
        whole = good_state() | {"lm_head.weight": torch.zeros(11, 8, dtype=torch.int64)}
        self.expect_refused(self.convert(whole), "lm_head.weight", "torch.int64")

    def test_code_in_a_checkpoint_is_never_run(self):
        outcome = self.convert({"model": good_state(), "extra": Code()})
        self.expect_refused(outcome, "cannot be read", "code is never run")
        self.assertNotIn("code was run", outcome[1])


if __name__ == "__main__":
    unittest.main()
