"""Prefill and decode on an NVIDIA GPU: tokenwalk (exact float sums over bf16 weights) beside
transformers (bf16, tensor cores) on the same card, taking turns.

The models have the shapes of Qwen3-0.6B and Llama-3.2-1B with random weights in bf16, written into
build/bench/cuda/; SmolLM2-135M joins if --smollm2 names its folder. One text, a prompt of random ids.
The table has medians of the rounds, and the share of the card's memory bandwidth that a decode step
reaches: bytes of all matrices and of K and V it must read, over the time and over the bandwidth that
a copy on the card shows in the same run. Without a GPU it says so and ends with 1.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "build-cuda" / "tokenwalk"
FOLDER = ROOT / "build" / "bench" / "cuda"
SHAPES = {
    "Qwen3-0.6B": {"model_type": "qwen3", "hidden_size": 1024, "intermediate_size": 3072,
                   "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8,
                   "head_dim": 128, "vocab_size": 151936, "rope_theta": 1e6,
                   "tie_word_embeddings": True, "max_position_embeddings": 40960,
                   "rms_norm_eps": 1e-6},
    "Llama-3.2-1B": {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192,
                     "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8,
                     "head_dim": 64, "vocab_size": 128256, "rope_theta": 5e5,
                     "tie_word_embeddings": True, "max_position_embeddings": 8192,
                     "rms_norm_eps": 1e-5},
}


def main():
    flags = read_flags()
    torch = need_gpu()
    if not PROGRAM.exists():
        sys.exit(f"tools/bench cuda: no program with CUDA\n  found:    no {PROGRAM}\n"
                 "  expected: cmake --preset cuda && cmake --build --preset cuda --target tokenwalk")
    models = {name: make_model(name, shape, torch) for name, shape in SHAPES.items()}
    if flags.smollm2:
        models["SmolLM2-135M"] = flags.smollm2
    bandwidth = measure_bandwidth(torch)
    print(f"{torch.cuda.get_device_name()}, a copy moves {bandwidth / 1e9:.0f} GB/s, "
          f"{time.strftime('%Y-%m-%d')}; prompt {flags.prompt}, new {flags.new}, "
          f"medians of {flags.rounds}")
    print("| model | | prefill tokens/s | decode tokens/s | share of bandwidth |\n"
          "| --- | --- | --- | --- | --- |")
    figures = {}
    for name, folder in models.items():
        peer = Transformers(folder, torch)
        runs = {"tokenwalk": [], "transformers": []}
        for _ in range(flags.rounds):
            runs["tokenwalk"].append(run_tokenwalk(folder, flags))
            runs["transformers"].append(peer.run(flags))
        figures[name] = {}
        for who, rates in runs.items():
            prefill, decode = (statistics.median(rate[i] for rate in rates) for i in (0, 1))
            # tokenwalk keeps K and V in float32, transformers in bf16.
            number_bytes = 4 if who == "tokenwalk" else 2
            moved = peer.step_bytes(flags.prompt + flags.new / 2, number_bytes)
            share = moved * decode / bandwidth
            figures[name][who] = {"prefill": prefill, "decode": decode, "share": share}
            print(f"| {name} | {who} | {prefill:.0f} | {decode:.1f} | {100 * share:.0f} % |")
        peer.close()
    if flags.json:
        flags.json.write_text(json.dumps({"bandwidth": bandwidth, "models": figures}, indent=1))


def read_flags():
    parser = argparse.ArgumentParser(prog="tools/bench cuda", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompt", type=int, default=512, help="ids of the prompt (default: 512)")
    parser.add_argument("--new", type=int, default=128, help="new tokens (default: 128)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each (default: 5)")
    parser.add_argument("--smollm2", type=pathlib.Path, metavar="FOLDER",
                        help="a Hugging Face folder of SmolLM2-135M")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


def need_gpu():
    import torch
    if not torch.cuda.is_available():
        sys.exit("tools/bench cuda: nothing to measure on\n  found:    no NVIDIA GPU\n"
                 "  expected: a GPU of compute capability 8.0 or newer")
    return torch


def make_model(name, shape, torch):
    """A folder with random weights of that shape, made once."""
    folder = FOLDER / name
    if (folder / "config.json").exists():
        return folder
    from transformers import AutoConfig, AutoModelForCausalLM
    torch.manual_seed(14)
    keys = {key: value for key, value in shape.items() if key != "model_type"}
    config = AutoConfig.for_model(shape["model_type"], **keys)
    with torch.device("cuda"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    return folder


def measure_bandwidth(torch):
    """Bytes a second, read and written, of copies of 1 GiB."""
    source = torch.empty(1 << 28, dtype=torch.float32, device="cuda")
    target = torch.empty_like(source)
    target.copy_(source)
    torch.cuda.synchronize()
    begin = time.perf_counter()
    for _ in range(20):
        target.copy_(source)
    torch.cuda.synchronize()
    return 20 * 2 * 4 * source.numel() / (time.perf_counter() - begin)


def prompt_ids(flags):
    return [(7919 * i + 17) % 40000 for i in range(flags.prompt)]


def run_tokenwalk(folder, flags):
    """(prefill, decode) in tokens a second."""
    ids = ",".join(map(str, prompt_ids(flags)))
    command = [PROGRAM, "generate", "--device", "cuda", "--model", folder, "--prompt-tokens", ids,
               "--max-new-tokens", str(flags.new), "--temperature", "0", "--ignore-eos",
               "--no-check", "--json"]
    environment = {key: value for key, value in os.environ.items() if key != "TOKENWALK_KERNELS"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    reply = json.loads(done.stdout)
    return reply["prefill_tokens_per_second"], reply["decode_tokens_per_second"]


class Transformers:
    def __init__(self, folder, torch):
        from transformers import AutoModelForCausalLM
        self.torch = torch
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).to("cuda")
        self.model.eval()

    def run(self, flags):
        torch = self.torch
        ids = torch.tensor([prompt_ids(flags)], device="cuda")
        with torch.inference_mode():
            self.model(ids[:, :8])  # what is compiled at the first call
            torch.cuda.synchronize()
            begin = time.perf_counter()
            out = self.model(ids, use_cache=True, logits_to_keep=1)
            torch.cuda.synchronize()
            prefill = flags.prompt / (time.perf_counter() - begin)
            cache, begin = out.past_key_values, time.perf_counter()
            for _ in range(flags.new - 1):
                ids = out.logits[:, -1:].argmax(-1)
                out = self.model(ids, past_key_values=cache, use_cache=True)
            torch.cuda.synchronize()
            decode = (flags.new - 1) / (time.perf_counter() - begin)
        return prefill, decode

    def step_bytes(self, positions, number_bytes):
        """Of a decode step: every matrix once, the embedding as the head; K and V of `positions`."""
        config = self.model.config
        matrices = 2 * sum(p.numel() for p in self.model.parameters() if p.dim() > 1)
        head_dim = getattr(config, "head_dim", None) or (config.hidden_size
                                                         // config.num_attention_heads)
        kv = 2 * config.num_hidden_layers * config.num_key_value_heads * head_dim
        return matrices + number_bytes * kv * positions

    def close(self):
        del self.model
        self.torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
