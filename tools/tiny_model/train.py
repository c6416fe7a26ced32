"""Train the bundled model on the grammar's corpus, on a CPU."""

import argparse
import dataclasses
import json
import math
import pathlib
import random
import sys
import time

import numpy
import safetensors.torch
import tokenizers
import torch
from torch.nn import functional

from model import Shape, TinyModel

END_OF_TEXT, END_OF_TURN = "<|endoftext|>", "<|im_end|>"

# The training goes through three lengths; each takes this share of the tokens. Most is
# learned on short rows, which are cheap; the long ones teach the later positions.
PHASES = [(256, 0.76), (512, 0.14), (1024, 0.10)]


def load_documents(corpus, tokenizer):
    """The documents of the corpus as arrays of ids, each with its end marker."""
    texts = corpus.read_text(encoding="utf-8").split(END_OF_TEXT)
    end = tokenizer.token_to_id(END_OF_TEXT)
    encodings = tokenizer.encode_batch([text for text in texts if text])
    return [numpy.array(encoding.ids + [end], dtype=numpy.int64) for encoding in encodings]


def rows(documents, length, dice):
    """Endless rows of `length` + 1 ids. Each begins at the beginning of a document."""
    while True:
        order = list(range(len(documents)))
        dice.shuffle(order)
        row, size = [], 0
        for i in order:
            row.append(documents[i])
            size += len(documents[i])
            if size > length:
                yield numpy.concatenate(row)[: length + 1]
                row, size = [], 0


def batches(documents, length, tokens, dice):
    """Endless batches [rows, length + 1] of about `tokens` predicted ids."""
    source = rows(documents, length, dice)
    while True:
        yield torch.from_numpy(numpy.stack([next(source) for _ in range(tokens // length)]))


def loss_of(model, batch):
    """Mean cross-entropy, in nats, of every id given the ids before it."""
    logits = model(batch[:, :-1])
    return functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())


def make_optimizer(model, rate):
    """AdamW, with weight decay on the matrices only."""
    matrices = [weight for weight in model.parameters() if weight.dim() == 2]
    vectors = [weight for weight in model.parameters() if weight.dim() == 1]
    groups = [{"params": matrices, "weight_decay": 0.05}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), foreach=True)


def learning_rate(progress, peak):
    """Warm up during the first 2 %, then fall along a cosine to one hundredth of the peak."""
    if progress < 0.02:
        return peak * progress / 0.02
    angle = math.pi * (progress - 0.02) / 0.98
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(angle)))


def phase_length(progress):
    """The row length at this share of the training."""
    for length, share in PHASES:
        if progress < share:
            return length
        progress -= share
    return PHASES[-1][0]


@torch.no_grad()
def held_out_loss(model, documents, tokens):
    """Loss on rows of documents that are never trained on, and of the last length."""
    model.eval()
    source = batches(documents, 512, tokens, random.Random(1))
    losses = [loss_of(model, next(source)).item() for _ in range(4)]
    model.train()
    return sum(losses) / len(losses)


class Progress:
    """Prints loss, speed and the time that is left."""

    def __init__(self, steps):
        self.steps, self.start, self.average = steps, time.time(), None

    def update(self, step, loss, rate, tokens):
        self.average = loss if self.average is None else 0.98 * self.average + 0.02 * loss
        if step % 50 and step != self.steps:
            return
        elapsed = time.time() - self.start
        left = elapsed / step * (self.steps - step)
        print(f"step {step}/{self.steps}  loss {self.average:.4f}  rate {rate:.5f}  "
              f"{tokens / elapsed:.0f} tokens/s  {elapsed / 60:.1f} min, {left / 60:.1f} left", flush=True)


def train(model, documents, arguments):
    """Run all the steps; return the last held-out loss and the minutes taken."""
    held_out, documents = documents[:400], documents[400:]
    optimizer = make_optimizer(model, arguments.rate)
    sources = {length: batches(documents, length, arguments.batch_tokens, random.Random(arguments.seed + length))
               for length, _ in PHASES}
    progress, seen = Progress(arguments.steps), 0
    for step in range(1, arguments.steps + 1):
        done = (step - 1) / arguments.steps
        rate = learning_rate(done, arguments.rate)
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch = next(sources[phase_length(done)])
        loss = loss_of(model, batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seen += batch[:, 1:].numel()
        progress.update(step, loss.item(), rate, seen)
        if arguments.save_every and step % arguments.save_every == 0:
            save(model, arguments.out)
    return held_out_loss(model, held_out, arguments.batch_tokens), (time.time() - progress.start) / 60


def config_of(shape, tokenizer):
    """config.json as `Qwen3ForCausalLM` wants it."""
    ends = [tokenizer.token_to_id(END_OF_TEXT), tokenizer.token_to_id(END_OF_TURN)]
    config = {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3"}
    config.update(dataclasses.asdict(shape))
    config.update(
        hidden_act="silu", attention_bias=False, attention_dropout=0.0, tie_word_embeddings=True,
        use_cache=True, use_sliding_window=False, sliding_window=None, initializer_range=0.05,
        rope_scaling=None, bos_token_id=None, eos_token_id=ends, pad_token_id=ends[0], torch_dtype="float32",
    )
    generation = {"bos_token_id": None, "eos_token_id": ends, "pad_token_id": ends[0],
                  "do_sample": True, "temperature": 0.8, "top_p": 0.9, "top_k": 0}
    return config, generation


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def save(model, folder):
    """Write model.safetensors, in float32, without the shared output head."""
    weights = {name: weight.detach().contiguous() for name, weight in model.state_dict().items()}
    unfinished = folder / "model.safetensors.part"  # renamed when whole: a reader never sees half a file
    safetensors.torch.save_file(weights, unfinished, metadata={"format": "pt"})
    unfinished.chmod(0o644)
    unfinished.replace(folder / "model.safetensors")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--corpus", type=pathlib.Path, default="build/tiny_model/corpus.txt", help="text made by corpus.py")
    parser.add_argument("--out", type=pathlib.Path, default="data/tiny", help="model folder; it holds tokenizer.json already")
    parser.add_argument("--steps", type=int, default=4200, help="optimizer steps")
    parser.add_argument("--batch-tokens", type=int, default=4096, help="predicted tokens a step")
    parser.add_argument("--rate", type=float, default=4e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=7, help="seed of the weights and of the order of documents")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--save-every", type=int, default=0, help="also save after every so many steps")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    tokenizer_file = arguments.out / "tokenizer.json"
    for needed, maker in ((arguments.corpus, "corpus.py"), (tokenizer_file, "tokenizer.py")):
        if not needed.is_file():
            sys.exit(f"train.py: {needed} is missing; run tools/tiny_model/{maker} first")
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    tokenizer = tokenizers.Tokenizer.from_file(str(tokenizer_file))
    documents = load_documents(arguments.corpus, tokenizer)
    model = TinyModel(Shape(vocab_size=tokenizer.get_vocab_size()))
    print(f"{len(documents)} documents, {sum(map(len, documents))} tokens; {model.parameter_count()} parameters", flush=True)
    config, generation = config_of(model.shape, tokenizer)
    write_json(arguments.out / "config.json", config)
    write_json(arguments.out / "generation_config.json", generation)
    loss, minutes = train(model, documents, arguments)
    save(model, arguments.out)
    print(f"held-out loss {loss:.4f} nats a token; {minutes:.1f} minutes; saved in {arguments.out}")


if __name__ == "__main__":
    main()
