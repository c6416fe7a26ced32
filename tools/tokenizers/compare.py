#!/usr/bin/env python3
"""Compares `tokenwalk jsonl` with Hugging Face's tokenizers library on random texts.

    tools/tokenizers/compare.py [--program FILE] [--seed N] [--count N] [TOKENIZER.json ...]

Without files: those of data/golden/tokenizers, and of $TOKENWALK_EXTRA_DATA/tokenizers if it is
set. $TOKENWALK_PYTHON names the Python that has the library. Ends with 0 if all ids are equal, 1 if
not, 77 if it cannot compare here, with the reason.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def use_wanted_python():
    wanted = os.environ.get("TOKENWALK_PYTHON")
    if wanted and "TOKENWALK_PYTHON_IS_RUNNING" not in os.environ:
        os.environ["TOKENWALK_PYTHON_IS_RUNNING"] = "1"
        os.execv(wanted, [wanted, *sys.argv])
    try:
        import tokenizers  # noqa: F401
    except ImportError:
        skip(f"{sys.executable} has no tokenizers library (TOKENWALK_PYTHON may name one that has)")
    import unicodedata
    if unicodedata.unidata_version != "14.0.0":
        skip(f"this Python knows Unicode {unicodedata.unidata_version}, the texts want 14.0.0")


def answers(program, path, requests):
    run = subprocess.run([program, "jsonl", "--tokenizer", str(path)], input="\n".join(map(json.dumps, requests)),
                         capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.rstrip("\n").split("\n")]


def compare(program, path, rng, count):
    from texts import random_text
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(path))
    fields = json.loads(path.read_text())
    fields_added = fields["added_tokens"]
    specials = [t["content"] for t in fields_added]
    fields["added_tokens"], fields["post_processor"] = [], None
    ordinary = Tokenizer.from_str(json.dumps(fields))
    texts = [random_text(rng, specials) for _ in range(count)]
    requests = [{"op": "encode", "text": t} for t in texts]
    requests += [{"op": "encode", "text": t, "specials": False, "add_bos": False} for t in texts]
    expected = [tokenizer.encode(t).ids for t in texts] + [ordinary.encode(t).ids for t in texts]
    wrong = 0
    for request, ids, answer in zip(requests, expected, answers(program, path, requests), strict=True):
        if answer.get("ids") != ids:
            wrong += 1
            if wrong <= 3:
                print(f"{path.name}: {json.dumps(request)}\n  expected {ids}\n  got      {answer}")
    # And back, without special tokens. The library reads an added token such as "café" as if it were
    # written in the byte alphabet; we give its text, so these are left out here.
    misread = {t["id"] for t in fields_added if tokenizer.decode([t["id"]], skip_special_tokens=False) != t["content"]}
    back = [ids for ids in expected if not misread & set(ids)]
    for ids, answer in zip(back, answers(program, path, [{"op": "decode", "ids": i, "skip_specials": True} for i in back]),
                           strict=True):
        text = tokenizer.decode(ids, skip_special_tokens=True)
        if answer.get("text") != text:
            wrong += 1
            if wrong <= 3:
                print(f"{path.name}: decode {ids}\n  expected {json.dumps(text)}\n  got      {answer}")
    print(f"{path}: {len(requests)} texts, {sum(map(len, expected))} ids, {wrong} differences")
    return wrong


def main():
    use_wanted_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/tokenwalk"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    folder = ROOT / "data/golden/tokenizers"
    files = arguments.files or sorted(p for p in folder.glob("*.json") if p.name not in ("texts.json", "hashes.json"))
    extra = os.environ.get("TOKENWALK_EXTRA_DATA")
    if extra and not arguments.files:
        files += sorted(Path(extra).glob("tokenizers/*/tokenizer.json"))
    wrong = sum(compare(arguments.program, path, random.Random(f"{arguments.seed} {path.name}"), arguments.count)
                for path in files)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
