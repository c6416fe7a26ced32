"""Load the bundled model with transformers and show what it is and what it writes."""

import argparse
import pathlib
import sys

import torch
import transformers

from prompts import BOOK_PROMPT, CHATS, TEXT_PROMPTS, chat

LIMIT_PARAMETERS, LIMIT_BYTES = 1_000_000, 6_000_000


def load(folder):
    """The model in float32 with eager attention, and its tokenizer."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return model.eval(), tokenizer


def show_sizes(model, folder):
    """Print what the limits are about; return whether they are kept."""
    count = sum(weight.numel() for weight in model.parameters())
    total = 0
    for file in sorted(folder.iterdir()):
        print(f"{file.stat().st_size:9} bytes  {file.name}")
        total += file.stat().st_size
    print(f"{total:9} bytes in all; {type(model).__name__}, {count} parameters")
    return count <= LIMIT_PARAMETERS and total <= LIMIT_BYTES


def write(model, tokenizer, prompt, **options):
    """The continuation of a prompt, and whether it ended with an end-of-sequence id."""
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    output = model.generate(ids, attention_mask=torch.ones_like(ids), **options)[0, ids.shape[1]:].tolist()
    ended = output[-1] in model.generation_config.eos_token_id
    return tokenizer.decode(output[:-1] if ended else output), ended


def greedy(model, tokenizer, prompt, length=200):
    return write(model, tokenizer, prompt, max_new_tokens=length, do_sample=False, temperature=None, top_p=None, top_k=None)


def show_texts(model, tokenizer):
    """Greedy and sampled continuations of the text prompts."""
    for prompt in TEXT_PROMPTS:
        text, ended = greedy(model, tokenizer, prompt)
        print(f"\n{prompt!r} greedy{', ended' if ended else ''}:\n    {text!r}")
        for temperature, top_p in ((0.7, 0.9), (1.0, 0.9), (1.5, 1.0)):
            text, ended = write(model, tokenizer, prompt, max_new_tokens=120, do_sample=True,
                                temperature=temperature, top_p=top_p, top_k=0)
            print(f"  temperature {temperature}, top-p {top_p}{', ended' if ended else ''}:\n    {text!r}")


def show_chats(model, tokenizer):
    """Greedy answers; return how many of the expected ones are wrong."""
    wrong = 0
    for prompt, expected in CHATS:
        answer, ended = greedy(model, tokenizer, prompt)
        verdict = "" if expected is None else "right" if answer == expected and ended else "WRONG"
        wrong += verdict == "WRONG"
        print(f"\n{prompt!r}\n    {answer!r} {verdict}{'' if ended else ' (no end)'}")
    return wrong


def count_sums(model, tokenizer, largest=10):
    """How many sums a + b in Chinese are answered rightly by greedy decoding."""
    pairs = [(a, b) for a in range(largest + 1) for b in range(largest + 1)]
    right = [greedy(model, tokenizer, chat(f"{a}+{b}是多少？"), 4) == (str(a + b), True) for a, b in pairs]
    return sum(right), len(right)


@torch.no_grad()
def show_best(model, tokenizer, prompt, count=12):
    """The best next tokens of a prompt, with logits and probabilities."""
    logits = model(tokenizer(prompt, return_tensors="pt").input_ids).logits[0, -1]
    probabilities = logits.double().softmax(-1)
    print(f"\n{prompt!r} is continued by")
    for i in logits.argsort(descending=True)[:count].tolist():
        print(f"    {i:5} {tokenizer.decode([i])!r:10} logit {logits[i].item()!r:20} probability {probabilities[i].item():.6f}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, default="data/tiny", help="model folder")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sampled texts")
    parser.add_argument("--quick", action="store_true", help="no sampled texts, no table of sums")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if not (arguments.model / "model.safetensors").is_file():
        sys.exit(f"check.py: {arguments.model} holds no model.safetensors; run tools/tiny_model/train.py first")
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(2)
    model, tokenizer = load(arguments.model)
    small = show_sizes(model, arguments.model)
    if not arguments.quick:
        show_texts(model, tokenizer)
    wrong = show_chats(model, tokenizer)
    if not arguments.quick:
        print("\nsums in Chinese, right of all:", *count_sums(model, tokenizer))
    show_best(model, tokenizer, BOOK_PROMPT)
    if wrong or not small:
        sys.exit(f"check.py: {wrong} wrong answers; sizes {'kept' if small else 'TOO LARGE'}")


if __name__ == "__main__":
    main()
