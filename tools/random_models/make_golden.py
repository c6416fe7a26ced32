"""Lets transformers write small random models and their logits: data/golden/models.

    python tools/random_models/make_golden.py             writes them
    python tools/random_models/make_golden.py --check     makes them anew elsewhere and compares:
                                                          files equal to the byte, logits to 1e-6

Every model stands beside its logits for a few lists of ids (float32, CPU, eager attention, no
cache). For each, "moves" says how far the logits move, relative to the largest, when the thing the
model is there for is taken away (a bias, a norm, a scaling): tests allow 1e-4, so at least 1e-2 is
asked for here. Needs the packages of requirements.txt.
"""

import argparse
import filecmp
import json
import pathlib
import platform
import subprocess
import sys
import tempfile

import gguf
import numpy
import torch
import transformers

import course_model
from gguf_file import write_gguf
from variants import VARIANTS, VOCAB, hf_config
from weights import fill

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLASSES = {"llama": (transformers.LlamaConfig, transformers.LlamaForCausalLM),
           "qwen2": (transformers.Qwen2Config, transformers.Qwen2ForCausalLM),
           "qwen3": (transformers.Qwen3Config, transformers.Qwen3ForCausalLM)}
LENGTHS = (1, 9, 50)
LAST_ROWS = 4  # of each list are kept
SEED = 4
LEAST_MOVE = 1e-2


def id_lists():
    dice = numpy.random.RandomState(SEED)
    return [dice.randint(0, VOCAB, size).tolist() for size in LENGTHS]


def build(variant, changes=None):
    """The variant's model in float32, its weights rounded to the type they are stored in."""
    config_class, model_class = CLASSES[variant.architecture]
    model = model_class._from_config(config_class(**hf_config(variant, changes)),
                                     attn_implementation="eager")
    fill(model, SEED, getattr(torch, variant.dtype))
    model.tie_weights()
    return model.eval()


@torch.no_grad()
def logits_of(model, ids):
    return model(torch.tensor([ids]), use_cache=False).logits[0]


def last_rows(logits_of_ids):
    return torch.cat([logits_of_ids(ids)[-LAST_ROWS:] for ids in id_lists()])


def without(variant, what):
    """The model with one thing taken away."""
    model = build(variant, what if isinstance(what, dict) else None)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if what == "bias" and name.endswith("bias"):
                parameter.zero_()
            if what == "qk_norm" and ("q_norm" in name or "k_norm" in name):
                parameter.fill_(1)
    return model


def relative(a, b):
    return float((a - b).abs().max() / a.abs().max())


def check_moves(name, moves):
    for what, move in moves.items():
        if move < LEAST_MOVE:
            sys.exit(f"make_golden: {name}: without {what} the logits move by {move} only")
    return {what: round(move, 3) for what, move in moves.items()}


def make_variant(variant, folder):
    model = build(variant)
    rows = last_rows(lambda ids: logits_of(model, ids))
    moves = {}
    for what, change in variant.without.items():
        changed = without(variant, change)
        moves[what] = relative(rows, last_rows(lambda ids, m=changed: logits_of(m, ids)))
    if variant.gguf:
        write_gguf(folder / f"{variant.name}.gguf", variant.architecture, model, variant.gguf)
    shard = {"max_shard_size": variant.shard} if variant.shard else {}
    model.to(getattr(torch, variant.dtype)).save_pretrained(folder / variant.name, **shard)
    (folder / variant.name / "generation_config.json").unlink(missing_ok=True)
    return rows, check_moves(variant.name, moves)


def make_course_model(folder):
    """The checkpoint of a training run, through tools/convert_checkpoint."""
    state = course_model.random_state(SEED)
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / "checkpoint.pt"
        wrapped = {"_orig_mod." + name: value for name, value in state.items()}
        torch.save({"model": wrapped, "optimizer": {"state": {}}, "iteration": 7}, path)
        sizes = [word for name, size in course_model.SIZES.items()
                 for word in ("--" + name.replace("_", "-"), str(size))]
        subprocess.run([sys.executable, ROOT / "tools/convert_checkpoint", path,
                        folder / "transformer_lm", *sizes], check=True, stdout=subprocess.DEVNULL)
    rows = last_rows(lambda ids: course_model.logits_of(state, ids))
    halves = last_rows(lambda ids: course_model.logits_of(state, ids, neighbours=False))
    return rows, check_moves("transformer_lm", {"neighbours": relative(rows, halves)})


def check_dynamic():
    """Dynamic scaling changes nothing up to max_position_embeddings, and something beyond."""
    variant = next(v for v in VARIANTS if v.name == "llama_dynamic")
    plain = {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}}
    for length, same in ((64, True), (65, False)):
        ids = numpy.random.RandomState(length).randint(0, VOCAB, length).tolist()
        rows = [logits_of(build(variant, change), ids) for change in (None, plain)]
        if torch.equal(*rows) != same:
            sys.exit(f"make_golden: dynamic scaling at length {length} is not as rope_scaling.h says")


def versions():
    return {"python": platform.python_version(), "torch": torch.__version__,
            "transformers": transformers.__version__, "numpy": numpy.__version__,
            "gguf": __import__("importlib.metadata").metadata.version("gguf")}


def make_all(folder):
    folder.mkdir(parents=True, exist_ok=True)
    blocks, models = [], {}
    check_dynamic()
    for name, make in [(v.name, lambda v=v: make_variant(v, folder)) for v in VARIANTS] + [
            ("transformer_lm", lambda: make_course_model(folder))]:
        rows, moves = make()
        models[name] = {"first_row": sum(map(len, blocks)), "moves": moves}
        blocks.append(rows)
        print(f"{name}: moves {moves}")
    numpy.save(folder / "logits.npy", torch.cat(blocks).numpy())
    entries = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in models.items())
    (folder / "models.json").write_text(
        f'{{"made_with": {json.dumps(versions())},\n"ids": {json.dumps(id_lists())},\n'
        f'"last_rows": {LAST_ROWS},\n"models": {{\n{entries}\n}}}}\n')


def compare(folder, anew):
    """Every file equal to the byte, but for logits, which may be off by 1e-6 of the largest, and
    the versions."""
    names = {p.relative_to(anew) for p in anew.rglob("*") if p.is_file()}
    if names != {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()}:
        sys.exit("make_golden: not the same files")
    for name in sorted(names - {pathlib.Path("logits.npy"), pathlib.Path("models.json")}):
        if not filecmp.cmp(folder / name, anew / name, shallow=False):
            sys.exit(f"make_golden: {name} differs")
    old, new = (numpy.load(where / "logits.npy") for where in (folder, anew))
    off = float(numpy.abs(old - new).max() / numpy.abs(old).max())
    ids = [json.loads((where / "models.json").read_text())["ids"] for where in (folder, anew)]
    if off > 1e-6 or ids[0] != ids[1]:
        sys.exit(f"make_golden: logits are off by {off}, or other ids")
    print(f"the same: {len(names)} files; logits off by at most {off:.1e} of the largest")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    folder = ROOT / "data/golden/models"
    if not parser.parse_args().check:
        make_all(folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        make_all(pathlib.Path(scratch))
        compare(folder, pathlib.Path(scratch))


if __name__ == "__main__":
    main()
