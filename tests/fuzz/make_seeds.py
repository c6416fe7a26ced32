#!/usr/bin/env python3
"""Writes the files that fuzzing starts from: python make_seeds.py FOLDER makes FOLDER/NAME/ for every
target. They are small: what a reader knows should be in them, once. What was found earlier lies in
tests/fuzz/found/NAME/ and is copied along."""

import json
import shutil
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TINY = HERE.parents[1] / "data/tiny"
TYPE_SIZES = {0: 4, 1: 2, 30: 2, 2: 18 / 32, 3: 20 / 32, 8: 34 / 32, 12: 144 / 256, 13: 176 / 256,
              14: 210 / 256}


def safetensors(tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, dtype, shape, size in tensors:
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(data), len(data) + size]}
        data += bytes(range(7, 7 + size))
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def gguf_text(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def gguf_value(value):
    """The number of the type, and the bytes."""
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, int):
        return 4, struct.pack("<I", value)
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    if isinstance(value, str):
        return 8, gguf_text(value)
    kind = gguf_value(value[0])[0]
    return 9, struct.pack("<IQ", kind, len(value)) + b"".join(gguf_value(v)[1] for v in value)


def gguf(keys, tensors):
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    for key, value in keys.items():
        kind, data = gguf_value(value)
        out += gguf_text(key) + struct.pack("<I", kind) + data
    data = b""
    for name, kind, sizes in tensors:
        out += gguf_text(name) + struct.pack("<I", len(sizes))
        out += b"".join(struct.pack("<Q", n) for n in sizes) + struct.pack("<IQ", kind, len(data))
        count = 1
        for n in sizes:
            count *= n
        data += b"\x21" * int(count * TYPE_SIZES[kind])
        data += b"\0" * (-len(data) % 32)
    return out + b"\0" * (-len(out) % 32) + data


def small_tokenizer(pre_tokenizer, **more):
    vocab = {"a": 0, "b": 1, "c": 2, "\u0120": 3, "ab": 4, "abc": 5, "<|end|>": 6}
    end = {"id": 6, "content": "<|end|>", "single_word": False, "lstrip": False, "rstrip": True,
           "normalized": False, "special": True}
    model = {"type": "BPE", "vocab": vocab, "merges": [["a", "b"], "ab c"]}
    tree = {"version": "1.0", "added_tokens": [end], "normalizer": None,
            "pre_tokenizer": pre_tokenizer, "model": model} | more
    return json.dumps(tree).encode()


def seeds():
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
    digits = {"type": "Digits", "individual_digits": True}
    split = {"type": "Split", "pattern": {"Regex": "\\p{L}+| ?\\d"}, "behavior": "Isolated",
             "invert": False}
    sequence = {"type": "Sequence", "pretokenizers": [digits, byte_level]}
    pattern = {"type": "Sequence", "pretokenizers": [split, byte_level | {"use_regex": False}]}
    template = {"type": "TemplateProcessing", "single": [
        {"SpecialToken": {"id": "<|end|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}
    yield "safetensors", [
        safetensors([("a", "F32", [2, 3], 24), ("b", "BF16", [4], 8), ("c", "I64", [1], 8)]),
        safetensors([("none", "F16", [0, 3], 0), ("one", "F32", [], 4)]), safetensors([])]
    tokens = {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2",
              "tokenizer.ggml.tokens": ["a", "b", "\u0120", "ab", "<|end|>"],
              "tokenizer.ggml.token_type": [1, 1, 1, 1, 3], "tokenizer.ggml.merges": ["a b"],
              "tokenizer.ggml.eos_token_id": 4, "tokenizer.ggml.add_bos_token": False}
    llama = {"general.architecture": "llama", "llama.block_count": 1, "llama.context_length": 8,
             "llama.embedding_length": 32, "llama.feed_forward_length": 32,
             "llama.attention.head_count": 2, "llama.attention.head_count_kv": 1,
             "llama.rope.freq_base": 1e4, "llama.attention.layer_norm_rms_epsilon": 1e-5}
    yield "gguf", [
        gguf(tokens, []), gguf(llama | tokens, [("a", 8, [32, 2]), ("b", 3, [32]), ("c", 0, [4, 2])]),
        gguf({"general.alignment": 32}, [("k", kind, [256]) for kind in (12, 13, 14)][:1]),
        gguf({}, [("h", 1, [3]), ("i", 30, [3]), ("q", 2, [32])])]
    yield "tokenizer_json", [
        small_tokenizer(byte_level), small_tokenizer(sequence, normalizer={"type": "NFC"}),
        small_tokenizer(pattern, post_processor=template)]
    yield "config_json", [
        (TINY / "config.json").read_bytes(), (TINY / "generation_config.json").read_bytes(),
        json.dumps({"architectures": ["LlamaForCausalLM"], "hidden_size": 64, "vocab_size": 9,
                    "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 8,
                    "max_position_embeddings": 16, "eos_token_id": 2, "rope_scaling": {
                        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                        "high_freq_factor": 4.0, "original_max_position_embeddings": 8}}).encode()]
    texts = ["Once upon a time, Rosa's 3 dogs  ran.\r\n", "\u4ece\u524d\u6709\u4e00\u53ea\u732b",
             "<|im_start|>user\n<|im_end|> <|im_ \u00e9e\u0301 \U0001f469\u200d\U0001f52c \u00a0\u3000"]
    yield "encode", [text.encode() for text in texts]
    yield "utf8", [b"\x03" + text.encode() for text in texts] + [
        b"\x01\xf0\x9f\x98", b"\x02\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xfe\xff"]


def main():
    for name, inputs in seeds():
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(inputs):
            (folder / f"seed_{number}").write_bytes(data)
        for found in (HERE / "found" / name).glob("*"):
            shutil.copy(found, folder)


if __name__ == "__main__":
    main()
