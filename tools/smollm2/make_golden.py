#!/usr/bin/env python3
"""Writes the golden files for SmolLM2-135M-Instruct and for GPT-2's tokenizer into data/golden/.

    python3 -m venv VENV && VENV/bin/pip install torch transformers tokenizers gguf numpy
    tools/get_model smollm2
    VENV/bin/python tools/smollm2/make_golden.py [--gpt2 tokenizer.json]

smollm2.json, smollm2_logits.npy: what transformers computes in float32 on the CPU (eager attention,
every step from position 0, no cache) from the weights that the gguf package dequantises.
smollm2_tokenizer.json, gpt2_tokenizer.json: texts and their ids by the tokenizers library, special
tokens in the text becoming their ids.
"""

import argparse
import hashlib
import json
import platform
from importlib import metadata
from pathlib import Path

import gguf
import numpy as np
import tokenizers
import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from tokenizer_strings import make_strings

ROOT = Path(__file__).resolve().parents[2]
LOGIT_STRIDE = 16
NEW_TOKENS = 32
BEST = 5

PROMPTS = [
    "The capital of France is",
    "Once upon a time, in a small village by the sea,",
    "人工智能的未来",
    "今天天气很好，我们去公园吧。",
    "def fibonacci(n):\n    if n < 2:\n        return n\n",
    "#include <iostream>\n\nint main() {\n",
    "3.14159265358979",
    "1, 2, 3, 4, 5, 6,",
    " ",
    "\n\n",
    "Hello",
    "Привет, как дела? 😀",
    "<|im_start|>user\nWhat is the largest planet?<|im_end|>\n<|im_start|>assistant\n",
    "Water boils at 100 degrees Celsius at sea level. As altitude increases, the air pressure drops, "
    "and the boiling point of water drops with it. On the top of a high mountain water may boil at "
    "little more than 70 degrees, which is why cooking pasta there takes so much longer. A pressure "
    "cooker does the opposite: it keeps the steam inside, so that the pressure rises, and",
]


def read_fields(reader):
    return {name: field.contents() for name, field in reader.fields.items()}


def make_tokenizer(fields):
    """The tokenizer that the GGUF file describes, with the pre-tokenizer it names, "smollm"."""
    assert fields["tokenizer.ggml.model"] == "gpt2" and fields["tokenizer.ggml.pre"] == "smollm"
    words = fields["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    types = fields["tokenizer.ggml.token_type"]
    specials = [word for word, kind in zip(words, types) if kind == gguf.TokenType.CONTROL]
    tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in specials])
    return tokenizer, specials


def undo_interleaving(weight, heads):
    """GGUF's rows 2 i and 2 i + 1 of a head are transformers' rows i and i + head_dim / 2."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def hf_name(name):
    if name == "token_embd.weight":
        return "model.embed_tokens.weight"
    if name == "output_norm.weight":
        return "model.norm.weight"
    _, layer, part, _ = name.split(".")
    return f"model.layers.{layer}.{LAYER_NAMES[part]}.weight"


def make_model(reader, fields):
    heads = fields["llama.attention.head_count"]
    kv_heads = fields["llama.attention.head_count_kv"]
    config = transformers.LlamaConfig(
        vocab_size=fields["llama.vocab_size"],
        hidden_size=fields["llama.embedding_length"],
        intermediate_size=fields["llama.feed_forward_length"],
        num_hidden_layers=fields["llama.block_count"],
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        max_position_embeddings=fields["llama.context_length"],
        rms_norm_eps=fields["llama.attention.layer_norm_rms_epsilon"],
        rope_parameters={"rope_type": "default", "rope_theta": fields["llama.rope.freq_base"]},
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    state = {}
    for tensor in reader.tensors:
        weight = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if ".attn_q." in tensor.name:
            weight = undo_interleaving(weight, heads)
        if ".attn_k." in tensor.name:
            weight = undo_interleaving(weight, kv_heads)
        state[hf_name(tensor.name)] = torch.from_numpy(np.ascontiguousarray(weight))
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model = transformers.LlamaForCausalLM(config).to(torch.float32).eval()
    model.load_state_dict(state, strict=True)
    return model


def last_logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids]), use_cache=False).logits[0, -1].numpy()


def run_prompt(model, tokenizer, text):
    """The entry for smollm2.json, the last row of logits, and how near any greedy choice was."""
    ids = tokenizer.encode(text).ids
    first = last_logits(model, ids)
    logits, greedy, margin = first, [], float("inf")
    for _ in range(NEW_TOKENS):
        best = np.sort(logits)[-2:]
        margin = min(margin, float(best[1] - best[0]))
        greedy.append(int(np.argmax(logits)))  # the lowest id among equal ones
        logits = last_logits(model, ids + greedy)
    order = np.lexsort((np.arange(first.size), -first))[:BEST]
    entry = {"text": text, "ids": ids, "greedy": greedy, "greedy_text": tokenizer.decode(greedy, False),
             "smallest_margin": round(margin, 4), "top": [[int(i), float(first[i])] for i in order]}
    return entry, first


def versions(*extra):
    return {"python": platform.python_version(), "tokenizers": tokenizers.__version__, **dict(extra)}


def write_json(path, head, key, entries):
    """One entry a line, so that a change shows as a line."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    text = json.dumps(head, indent=1, ensure_ascii=False).rstrip("}\n")
    path.write_text(f'{text},\n "{key}": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes, {len(entries)} entries")


def write_tokenizer_golden(path, tokenizer, specials, head):
    entries = []
    for text in make_strings(specials):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        entries.append([text, ids])
    write_json(path, head, "texts", entries)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "models/SmolLM2-135M-Instruct.Q4_1.gguf")
    parser.add_argument("--gpt2", type=Path, help="GPT-2's published tokenizer.json")
    parser.add_argument("--out", type=Path, default=ROOT / "data/golden")
    arguments = parser.parse_args()

    sha = hashlib.sha256(arguments.model.read_bytes()).hexdigest()
    reader = gguf.GGUFReader(arguments.model)
    fields = read_fields(reader)
    tokenizer, specials = make_tokenizer(fields)
    write_tokenizer_golden(arguments.out / "smollm2_tokenizer.json", tokenizer, specials,
                           {"made_with": versions(), "gguf_sha256": sha, "specials": specials})
    if arguments.gpt2:
        gpt2 = Tokenizer.from_file(str(arguments.gpt2))
        gpt2_sha = hashlib.sha256(arguments.gpt2.read_bytes()).hexdigest()
        write_tokenizer_golden(arguments.out / "gpt2_tokenizer.json", gpt2, ["<|endoftext|>"],
                               {"made_with": versions(), "tokenizer_sha256": gpt2_sha})

    model = make_model(reader, fields)
    results = []
    for prompt in PROMPTS:
        results.append(run_prompt(model, tokenizer, prompt))
        entry = results[-1][0]
        print(len(entry["ids"]), entry["smallest_margin"], repr(entry["greedy_text"]), flush=True)
    made_with = versions(("torch", torch.__version__), ("transformers", transformers.__version__),
                         ("gguf", metadata.version("gguf")), ("numpy", np.__version__))
    head = {"made_with": made_with, "gguf_sha256": sha, "logit_stride": LOGIT_STRIDE}
    write_json(arguments.out / "smollm2.json", head, "prompts", [entry for entry, _ in results])
    rows = np.stack([logits[::LOGIT_STRIDE] for _, logits in results]).astype(np.float32)
    np.save(arguments.out / "smollm2_logits.npy", rows)
    print("smollm2_logits.npy:", rows.shape)


if __name__ == "__main__":
    main()
