"""Write the golden files of the bundled model: logits, greedy ids, token ids.

The numbers come from transformers (float32, eager attention, CPU) and from the
tokenizers library, so that the engine is measured against code that is not ours.
"""

import argparse
import json
import pathlib
import platform

import numpy
import tokenizers
import torch
import transformers

from check import load
from dice import Dice
from golden_strings import golden_strings
from prompts import GOLDEN_PROMPTS, long_prompt

NEW_IDS = 32


def versions():
    """What the files were made with."""
    return {"torch": torch.__version__, "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__, "numpy": numpy.__version__,
            "python": platform.python_version()}


def write_lines(path, made_with, key, entries):
    """A JSON object {"made_with": …, key: entries} with one entry a line."""
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    path.write_text(f'{{"made_with": {json.dumps(made_with)},\n"{key}": [\n{lines}\n]}}\n', encoding="utf-8")


@torch.no_grad()
def logits_of(model, ids):
    """All rows of logits, float32 [len(ids), vocab]."""
    return model(torch.tensor([ids])).logits[0]


def greedy_ids(model, ids):
    """The next ids by largest logit, past any end; and the least lead of best over second."""
    new, lead = [], float("inf")
    for _ in range(NEW_IDS):
        best = logits_of(model, ids + new)[-1].topk(2)
        new.append(best.indices[0].item())
        lead = min(lead, (best.values[0] - best.values[1]).item())
    return new, lead


def make_logits(model, tokenizer, folder):
    """tiny_logits.npy and tiny_logits.json."""
    entries, blocks, row = [], [], 0
    for text in GOLDEN_PROMPTS + [long_prompt()]:
        ids = tokenizer(text).input_ids
        new, lead = greedy_ids(model, ids)
        entries.append({"text": text, "ids": ids, "first_row": row, "n_rows": len(ids), "greedy": new, "least_lead": lead})
        blocks.append(logits_of(model, ids).numpy())
        row += len(ids)
    numpy.save(folder / "tiny_logits.npy", numpy.concatenate(blocks).astype("<f4"))
    write_lines(folder / "tiny_logits.json", versions(), "prompts", entries)
    print(f"{row} rows of {blocks[0].shape[1]} logits; least lead of a greedy id {min(e['least_lead'] for e in entries):.4f}")


def make_tokenizer(model_folder, folder):
    """tiny_tokenizer.json."""
    tokenizer = tokenizers.Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    strings = golden_strings(Dice(3))
    entries = [[text, tokenizer.encode(text).ids] for text in strings]
    write_lines(folder / "tiny_tokenizer.json", versions(), "texts", entries)
    print(f"{len(strings)} strings")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, default="data/tiny", help="model folder")
    parser.add_argument("--out", type=pathlib.Path, default="data/golden", help="folder to write to")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    model, tokenizer = load(arguments.model)
    make_logits(model, tokenizer, arguments.out)
    make_tokenizer(arguments.model, arguments.out)


if __name__ == "__main__":
    main()
