#!/usr/bin/env python3
"""Checks that others read what `tokenwalk convert` writes.

    build/tokenwalk convert models/SmolLM2-135M-Instruct.Q4_1.gguf FOLDER
    build/tokenwalk convert data/tiny Q8.gguf --precision q8_0
    VENV/bin/pip install gguf numpy torch transformers
    VENV/bin/python tools/smollm2/check_convert.py FOLDER Q8.gguf

transformers loads FOLDER: its logits and ids must be those of data/golden/smollm2*, to the bit of
rounding that another order of sums makes. The gguf package reads Q8.gguf: every tensor must be
within half a step of the weights in data/tiny.
"""

import json
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.numpy import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = Path(__file__).resolve().parents[2]
LARGEST_DIFFERENCE = 1e-4  # of logits around 20, both float32


def check_folder(folder):
    golden = json.loads((ROOT / "data/golden/smollm2.json").read_text())
    expected = np.load(ROOT / "data/golden/smollm2_logits.npy")
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").float().eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    stride, worst = golden["logit_stride"], 0.0
    for row, prompt in enumerate(golden["prompts"]):
        ids = tokenizer(prompt["text"])["input_ids"]
        assert ids == prompt["ids"], f"{prompt['text']!r}: ids {ids}, expected {prompt['ids']}"
        with torch.no_grad():
            logits = model(torch.tensor([ids]), use_cache=False).logits[0, -1].numpy()
        worst = max(worst, np.abs(logits[::stride] - expected[row]).max())
    print(f"transformers: {len(golden['prompts'])} prompts, largest difference {worst:.2e}")
    assert worst <= LARGEST_DIFFERENCE
    assert tokenizer.eos_token == "<|im_end|>" and "<|im_start|>" in tokenizer.chat_template


def check_q8(path):
    reader = gguf.GGUFReader(path)
    weights = load_file(ROOT / "data/tiny/model.safetensors")
    assert len(reader.tensors) == len(weights)
    table = next(t for t in reader.tensors if t.name == "token_embd.weight")
    stored = table.data.reshape(-1, 34)
    d = stored[:, :2].copy().view(np.float16).astype(np.float32)
    exact = weights["model.embed_tokens.weight"].reshape(-1, 32)
    q = np.clip(np.rint(np.divide(exact, d, where=d != 0, out=np.zeros_like(exact))), -127, 127)
    amax = np.abs(exact).max(axis=1, keepdims=True) / np.float32(127)
    assert (d == amax.astype(np.float16).astype(np.float32)).all()
    assert (stored[:, 2:].view(np.int8) == q.astype(np.int8)).all()
    read = gguf.dequantize(table.data, table.tensor_type).reshape(exact.shape)
    assert np.abs(read - exact).max() <= (d / 2 + amax * 2**-10).max()
    assert reader.get_field("tokenizer.ggml.pre").contents() == "gpt-2"
    print(f"gguf: {len(reader.tensors)} tensors, {q.size} numbers of the table equal to the rule")


if __name__ == "__main__":
    check_folder(sys.argv[1])
    check_q8(sys.argv[2])
