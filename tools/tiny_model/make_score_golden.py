"""Write data/golden/tiny_scores.json: log-probabilities and strided perplexities of texts.

The numbers come from transformers in float64 on the CPU with eager attention. The windows of the
long text follow the recipe of transformers' page "Perplexity of fixed-length models": a window of
so many ids every `stride` ids, in which only the ids behind the end of the window before count.
"""

import argparse
import json
import pathlib

import torch

import chinese
import stories
from check import load
from dice import Dice
from make_golden import versions
from prompts import GOLDEN_PROMPTS

ALTERNATIVES = 3
WINDOWS = [(1024, 512), (1024, 40), (256, 64), (256, 255), (32, 20)]  # (window, stride)
LONG_IDS = 1100


@torch.no_grad()
def log_probs_of(model, ids):
    """Rows of log-probabilities, float64 [len(ids), vocab]; row t is about ids[t + 1]."""
    return model(torch.tensor([ids])).logits[0].log_softmax(-1)


def score_entry(model, text, ids):
    """Each id's log-probability (null for the first) and the best ids at its place."""
    rows = log_probs_of(model, ids)
    scores = [rows[t - 1, ids[t]].item() for t in range(1, len(ids))]
    best = [rows[t - 1].topk(ALTERNATIVES) for t in range(1, len(ids))]
    top = [list(zip(b.indices.tolist(), b.values.tolist())) for b in best]
    return {"text": text, "ids": ids, "log_probs": scores, "top": top}


def strided_nll(model, ids, window, stride):
    """Sum of -log p, and how many ids count."""
    total, counted, previous_end = 0.0, 0, 0
    for begin in range(0, len(ids), stride):
        end = min(begin + window, len(ids))
        rows = log_probs_of(model, ids[begin:end])
        for t in range(max(previous_end, 1), end):
            total -= rows[t - begin - 1, ids[t]].item()
            counted += 1
        previous_end = end
        if end == len(ids):
            break
    return total, counted


def long_ids(tokenizer):
    """Stories in both languages, cut to LONG_IDS ids."""
    dice, text = Dice(31), ""
    while len(tokenizer(text).input_ids) < LONG_IDS:
        text += (chinese if dice.chance(30) else stories).story(dice) + "<|endoftext|>"
    return tokenizer(text).input_ids[:LONG_IDS]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, default="data/tiny", help="model folder")
    parser.add_argument("--out", type=pathlib.Path, default="data/golden/tiny_scores.json", help="file to write")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    torch.set_num_threads(1)
    model, tokenizer = load(arguments.model)
    model.double()
    texts = [score_entry(model, text, tokenizer(text).input_ids) for text in GOLDEN_PROMPTS]
    ids = long_ids(tokenizer)
    windows = []
    for window, stride in WINDOWS:
        total, counted = strided_nll(model, ids, window, stride)
        windows.append({"window": window, "stride": stride, "sum_nll": total, "predicted": counted})
    lines = ",\n".join(json.dumps(entry) for entry in texts)
    ends = ",\n".join(json.dumps(entry) for entry in windows)
    arguments.out.write_text(
        f'{{"made_with": {json.dumps(versions())},\n"texts": [\n{lines}\n],\n"long_ids": {json.dumps(ids)},\n"windows": [\n{ends}\n]}}\n',
        encoding="utf-8")
    print(f"{len(texts)} texts, {len(ids)} ids in {len(windows)} ways")


if __name__ == "__main__":
    main()
