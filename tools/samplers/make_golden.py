"""Write data/golden/samplers.json: what transformers' logits processors make of random logits.

Each case is a request of the jsonl protocol (op "distribution") with what transformers gives for it:
the logits after processors that look back, or the ids that warpers keep and their probabilities.
transformers computes in float32, and it cuts a nucleus from below; cases where a cut falls within
1e-4 of its border, or where two logits tie, are not taken.
"""
import argparse
import json
import pathlib
import platform

import torch
import transformers
from transformers.generation import logits_process as hf

VOCAB = 20
SEED = 12
CASES_OF_A_KIND = 8


def logits_of(generator):
    """[VOCAB], of sizes that models give, with both signs."""
    return (torch.randn(VOCAB, generator=generator) * 3).to(torch.float32)


def history_of(generator):
    """A text that repeats itself: few ids."""
    return torch.randint(0, 6, (14,), generator=generator).tolist()


def number(generator, low, high):
    return round(low + (high - low) * torch.rand(1, generator=generator).item(), 3)


def repetition(generator):
    r = number(generator, 0.6, 2)
    return {"repetition_penalty": r}, [hf.RepetitionPenaltyLogitsProcessor(r)]


def no_repeat_ngram(generator):
    n = int(torch.randint(1, 4, (1,), generator=generator))
    return {"no_repeat_ngram": n}, [hf.NoRepeatNGramLogitsProcessor(n)]


def bad_words(generator):
    words = [torch.randint(0, 6, (n,), generator=generator).tolist() for n in (1, 2, 2, 3, 3)]
    return {"bad_ids": words}, [hf.NoBadWordsLogitsProcessor(words, eos_token_id=VOCAB)]


def suppress(generator):
    ids = torch.randperm(VOCAB, generator=generator)[:5].tolist()
    return {"logit_bias": {str(i): "-inf" for i in ids}}, [hf.SuppressTokensLogitsProcessor(ids)]


def bias(generator):
    ids = torch.randperm(VOCAB, generator=generator)[:5].tolist()
    values = {i: number(generator, -4, 4) for i in ids}
    return ({"logit_bias": {str(i): v for i, v in values.items()}},
            [hf.SequenceBiasLogitsProcessor({(i,): v for i, v in values.items()})])


def together(generator):
    request, processors = {}, []
    for kind in (bias, repetition, no_repeat_ngram, bad_words):
        keys, more = kind(generator)
        request |= keys
        processors += more
    # transformers bans last and we before the penalties: the same, since a ban cannot be lifted.
    request["order"] = ["bias", "penalties"]
    return request, processors



def warpers(generator):
    """Each warper and its keys, by name."""
    t, k = number(generator, 0.4, 2), int(torch.randint(1, VOCAB, (1,), generator=generator))
    p, m, typical = number(generator, 0.2, 0.95), number(generator, 0.01, 0.5), number(generator, 0.2, 0.95)
    return {"temperature": (t, hf.TemperatureLogitsWarper(t)), "top_k": (k, hf.TopKLogitsWarper(k)),
            "top_p": (p, hf.TopPLogitsWarper(p)), "min_p": (m, hf.MinPLogitsWarper(m)),
            "typical_p": (typical, hf.TypicalLogitsWarper(typical))}


def chain(*names):
    def kind(generator):
        known = warpers(generator)
        return ({name: known[name][0] for name in names} | {"order": list(names)},
                [known[name][1] for name in names])
    return kind


KINDS = {"repetition": repetition, "no_repeat_ngram": no_repeat_ngram, "bad_words": bad_words,
         "suppress": suppress, "bias": bias, "together": together,
         "top_k": chain("top_k"), "top_p": chain("top_p"), "min_p": chain("min_p"),
         "typical_p": chain("typical_p"),
         "transformers' order": chain("temperature", "top_k", "top_p", "min_p", "typical_p"),
         "another order": chain("min_p", "typical_p", "temperature", "top_p")}


def run(processors, history, logits):
    scores = logits[None].clone()
    for processor in processors:
        scores = processor(torch.tensor([history]), scores)
    return scores[0]


def is_clear(request, processors, history, logits):
    """Whether the same ids are left when every border moves a little."""
    kept = run(processors, history, logits) > -torch.inf
    for shift in (-1e-4, 1e-4):
        moved = []
        for processor in processors:
            copy = type(processor).__new__(type(processor))
            copy.__dict__ = dict(processor.__dict__)
            for name in ("top_p", "min_p", "mass"):
                if name in copy.__dict__:
                    copy.__dict__[name] += shift
            moved.append(copy)
        if not torch.equal(kept, run(moved, history, logits) > -torch.inf):
            return False
    return len(set(logits.tolist())) == VOCAB


def short(values):
    """Nine digits name a float32; -inf as the protocol writes it."""
    return [float(f"{v:.9g}") if v > -torch.inf else "-inf" for v in values.tolist()]


def case(name, kind, generator):
    while True:
        logits, history = logits_of(generator), history_of(generator)
        keys, processors = kind(generator)
        if is_clear(keys, processors, history, logits):
            break
    scores = run(processors, history, logits)
    request = {"op": "distribution", "logits": short(logits), "history": history} | keys
    order = scores.argsort(descending=True)[: int((scores > -torch.inf).sum())]
    probs = torch.softmax(scores.double(), 0)[order]
    expected = {"kept": order.tolist(), "probs": short(probs)}
    if not any(isinstance(p, (hf.TopKLogitsWarper, hf.TopPLogitsWarper, hf.MinPLogitsWarper,
                              hf.TypicalLogitsWarper)) for p in processors):
        expected["logits"] = short(scores)
    return {"kind": name, "request": request, "expected": expected}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default="data/golden/samplers.json")
    flags = parser.parse_args()
    generator = torch.Generator().manual_seed(SEED)
    cases = [case(name, kind, generator) for name, kind in KINDS.items() for _ in range(CASES_OF_A_KIND)]
    made_with = {"torch": torch.__version__, "transformers": transformers.__version__,
                 "python": platform.python_version()}
    lines = ",\n".join(json.dumps(c) for c in cases)
    flags.out.write_text(f'{{"made_with": {json.dumps(made_with)},\n"cases": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{len(cases)} cases of {len(KINDS)} kinds")


if __name__ == "__main__":
    main()
