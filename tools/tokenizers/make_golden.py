#!/usr/bin/env python3
"""Writes data/golden/tokenizers/: small tokenizers of every published kind, trained here by Hugging
Face's tokenizers library, and what that library and tiktoken make of some thousand texts.

    python3 -m venv VENV && VENV/bin/pip install tokenizers tiktoken gguf torch transformers
    VENV/bin/python tools/tokenizers/make_golden.py [--extra FOLDER] [--smollm2 FILE.gguf]

KIND.json     a tokenizer.json; its added tokens have every flag
texts.json    the texts; [unit, n] is n times the unit
hashes.json   per tokenizer and text the FNV-1a hash (32 bits) of the ids as little-endian uint32,
              8 digits a text; special tokens read and the tokens around the text added; under "plain" with the
              added tokens taken out of the tokenizer. Under "published" those of GPT-2 and Qwen3
              (--extra: the folder with tokenizers/gpt2 and tokenizers/qwen3) and SmolLM2 (--smollm2)
Run again with the same versions it writes the same bytes.
"""

import argparse
import importlib.util
import json
import platform
import random
from pathlib import Path

import gguf
import tiktoken
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from texts import expand, fixed_texts, one_of_each, random_text

OUT = Path(__file__).resolve().parents[2] / "data/golden/tokenizers"
QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        r"|\s+(?!\S)|\s+")
LLAMA = QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
# The forms in which tiktoken has the same patterns.
TIKTOKEN_GPT2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""

ADDED = [
    AddedToken("<|endoftext|>", special=True, normalized=False), AddedToken("<|im_start|>", special=True, normalized=False),
    AddedToken("<|im_end|>", special=True, normalized=False), AddedToken("<tool>", special=False, normalized=False),
    AddedToken("<left>", special=True, lstrip=True, normalized=False), AddedToken("<right>", special=True, rstrip=True, normalized=False),
    AddedToken("<both>", special=False, lstrip=True, rstrip=True, normalized=False),
    AddedToken("<word>", special=False, single_word=True, normalized=False),
    AddedToken("word", special=False, single_word=True, normalized=True), AddedToken("caf\u00e9", special=False, normalized=True),
    AddedToken("ca\u0301", special=False, normalized=True), AddedToken("re\u0301al", special=False, normalized=False),
    AddedToken("<tool><tool>", special=False, normalized=False), AddedToken("  ", special=False, normalized=False),
    AddedToken(" <lead", special=False, normalized=True), AddedToken("<|endoftext", special=False, normalized=True),
    AddedToken("the", special=False, single_word=True, lstrip=True, rstrip=True, normalized=True),
    AddedToken("\u2028", special=True, rstrip=True, normalized=True), AddedToken("\U0001f600", special=False, normalized=False),
    AddedToken("is", special=True, single_word=True, normalized=False),
]


def split(pattern, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(pattern) if pattern[0] != "=" else pattern[1:], behavior, invert)


def sequence(*steps, prefix=False, regex=False):
    return pre_tokenizers.Sequence(list(steps) + [pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=regex)])


# Name: normaliser, pre-tokeniser, ignore_merges, how many of ADDED, tokens around a text.
KINDS = {
    "gpt2": (None, pre_tokenizers.ByteLevel(add_prefix_space=False), False, 1, ""),
    "gpt2_prefix": (None, pre_tokenizers.ByteLevel(add_prefix_space=True), False, 9, ""),
    "gpt2_whole": (None, pre_tokenizers.ByteLevel(add_prefix_space=False), True, 3, "end"),
    "qwen2": (normalizers.NFC(), sequence(split(QWEN)), False, 4, ""),
    "llama3": (None, sequence(split(LLAMA)), True, 3, "begin"),
    "smollm": (None, sequence(pre_tokenizers.Digits(individual_digits=True), regex=True), False, 3, "both"),
    "flags": (normalizers.Sequence([normalizers.NFC()]), sequence(split(QWEN)), False, len(ADDED), ""),
    "plain": (None, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False), False, len(ADDED), ""),
    "digits": (None, sequence(pre_tokenizers.Digits(individual_digits=False), split(r"[aeiou]+", "removed"), prefix=True), True, 9, ""),
    "previous": (None, sequence(split(r"\s|=", "merged_with_previous"), split(r"\w+\b", "isolated", True)), False, 0, ""),
    "next": (None, sequence(split(r"[\s\p{P}]", "merged_with_next"), split(r"\d|\p{Han}*", "isolated")), False, 0, ""),
    "contiguous": (None, sequence(split(r"\S", "contiguous"), split("=e", "merged_with_next", True)), False, 0, ""),
    "contiguous_invert": (None, sequence(split(r"[^\s\d\p{P}]+", "contiguous", True), split("= ", "removed")), False, 0, ""),
    "lines": (None, sequence(split(r"^.+$|(?<=\n)\s", "merged_with_previous", True), split(r"\u0041|\x{62}|\bc", "isolated")), False, 2, ""),
}


def train(name, texts):
    normalizer, pre_tokenizer, ignore_merges, added, around = KINDS[name]
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=520, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    if ignore_merges:  # words that merging cannot give
        fields = json.loads(tokenizer.to_str())
        fields["model"]["merges"] = [m for i, m in enumerate(fields["model"]["merges"]) if i % 3]
        tokenizer = Tokenizer.from_str(json.dumps(fields))
    tokenizer.add_tokens(ADDED[:added])
    begin, end = ("<|im_start|>", "<|im_end|>") if added > 2 else ("", "")
    if around:
        template = f"{begin} $A" if around == "begin" else f"$A {end}" if around == "end" else f"{begin} $A {end}"
        ids = [(t, tokenizer.token_to_id(t)) for t in (begin, end)]
        tokenizer.post_processor = processors.Sequence([
            processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(single=template, special_tokens=ids)])
    return tokenizer


def without_added(tokenizer):
    """The same tokenizer, to which every text is ordinary."""
    fields = json.loads(tokenizer.to_str())
    fields["added_tokens"], fields["post_processor"] = [], None
    return Tokenizer.from_str(json.dumps(fields))


def fnv(ids):
    value = 0x811C9DC5
    for i in ids:
        for byte in i.to_bytes(4, "little"):
            value = ((value ^ byte) * 0x01000193) & (2**32 - 1)
    return f"{value:08x}"


def hashes(tokenizer, texts, around=True):
    total, result = 0, ""
    for text in texts:
        ids = tokenizer.encode(expand(text), add_special_tokens=around).ids
        total += len(ids)
        result += fnv(ids)
    return result, total


def check_tiktoken(name, path, pattern, texts):
    """Both libraries must agree; text is normalised first where the tokenizer does."""
    fields = json.loads(path.read_text())
    specials = {t["content"]: t["id"] for t in fields["added_tokens"]}
    letters = {c: b for b, c in tokenizer_bytes().items()}
    ranks = {bytes(letters[c] for c in word): i for word, i in fields["model"]["vocab"].items() if word not in specials}
    encoding = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens=specials)
    tokenizer = Tokenizer.from_file(str(path))
    for text in map(expand, texts):
        normal = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
        mine, theirs = tokenizer.encode(text).ids, encoding.encode(normal, allowed_special="all")
        assert mine == theirs, (name, text, mine, theirs)
    print(f"{name}: tiktoken agrees on {len(texts)} texts")


def tokenizer_bytes():
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in kept]
    return {b: chr(b) for b in kept} | {b: chr(0x100 + i) for i, b in enumerate(others)}


def read_published(extra, smollm2, texts):
    found = {}
    if extra:
        for name, pattern in [("gpt2", TIKTOKEN_GPT2), ("qwen3", QWEN)]:
            path = extra / "tokenizers" / name / "tokenizer.json"
            check_tiktoken(name, path, pattern, texts)
            found[name] = Tokenizer.from_file(str(path))
    if smollm2:
        spec = importlib.util.spec_from_file_location("smollm2", Path(__file__).parents[1] / "smollm2/make_golden.py")
        smollm = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(smollm)
        found["smollm2"], _ = smollm.make_tokenizer(smollm.read_fields(gguf.GGUFReader(smollm2)))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extra", type=Path)
    parser.add_argument("--smollm2", type=Path)
    arguments = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    specials = [t.content for t in ADDED]
    rng = random.Random(14)
    texts = fixed_texts(specials) + [random_text(rng, specials) for _ in range(1500)]
    trained_on = [expand(t) for t in texts if isinstance(t, str)]
    texts += [t for t in one_of_each() if t not in texts]
    report = {"python": platform.python_version(), "tokenizers": tokenizers.__version__, "tiktoken": tiktoken.__version__,
              "texts": len(texts), "hashes": {}, "plain": {}, "published": {}}
    for name in KINDS:
        tokenizer = train(name, trained_on)
        tokenizer.save(str(OUT / f"{name}.json"), pretty=False)
        report["hashes"][name], ids = hashes(tokenizer, texts)
        report["plain"][name], more = hashes(without_added(tokenizer), texts, around=False)
        print(f"{name}: {ids + more} ids")
    for name, tokenizer in read_published(arguments.extra, arguments.smollm2, texts).items():
        report["published"][name], ids = hashes(tokenizer, texts)
        print(f"{name}: {ids} ids")
    (OUT / "texts.json").write_text(json.dumps(texts, ensure_ascii=False, indent=0) + "\n")
    (OUT / "hashes.json").write_text(json.dumps(report, indent=0) + "\n")


if __name__ == "__main__":
    main()
