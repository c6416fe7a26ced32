"""One token from the logits of 151,936 ids (Qwen's vocabulary), one thread: tokenwalk, tokenwalk's
plain path, and transformers' warpers with torch's multinomial draw.

The logits are normal(0, 3), the same rows for all. All take turns, so that a busy moment of the
machine meets all. Times are processor time of one token; the table has medians of the rounds. A
peer that is not installed is left out with a note. llama.cpp is not among them: its sampler has no
ready-made package without the whole engine.
"""
import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "build" / "tokenwalk"
CASES = {
    "greedy": {"temperature": 0},
    "temperature 0.8": {"temperature": 0.8},
    "temperature 0.8, top-p 0.9": {"temperature": 0.8, "top_p": 0.9},
    "temperature 0.8, top-k 40, top-p 0.9": {"temperature": 0.8, "top_k": 40, "top_p": 0.9},
    "temperature 0.8, min-p 0.05": {"temperature": 0.8, "min_p": 0.05},
}


def main():
    flags = read_flags()
    rows = make_rows(flags.rows, flags.vocab)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "logits"
        rows.tofile(path)
        ours = Tokenwalk("tokenwalk", path, flags.vocab, plain=False)
        plain = Tokenwalk("tokenwalk, plain", path, flags.vocab, plain=True)
        everyone = [ours, plain, *peers(rows)]
        results = [compare(name, keys, everyone, flags.rounds) for name, keys in CASES.items()]
        ours.close()
        plain.close()
    print_table(results, flags)
    if flags.json:
        about = {"vocab": flags.vocab, "rows": flags.rows, "rounds": flags.rounds,
                 "machine": platform.processor() or platform.machine(),
                 "date": time.strftime("%Y-%m-%d"), "unit": "microseconds a token"}
        flags.json.write_text(json.dumps(about | {"cases": results}, indent=1) + "\n")


def read_flags():
    parser = argparse.ArgumentParser(prog="tools/bench sampler", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vocab", type=int, default=151936, help="ids (default: 151936)")
    parser.add_argument("--rows", type=int, default=8, help="rows of logits (default: 8)")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each (default: 7)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


def make_rows(n, vocab):
    import numpy

    return numpy.random.default_rng(7).normal(0, 3, (n, vocab)).astype("<f4")


class Tokenwalk:
    """Our program: it samples once from every row for every line it is sent."""

    def __init__(self, name, path, vocab, plain):
        self.name = name
        self.plain = plain
        self.process = subprocess.Popen([PROGRAM, "bench", "sampler", "--vocab", str(vocab), path],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, keys):
        """Seconds for one token, and the tokens."""
        line = keys | {"plain": self.plain, "repeats": 1 if self.plain else 20}
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], answer["tokens"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def peers(rows):
    try:
        import torch
        import transformers
    except ImportError as error:
        print(f"note: without transformers: {error}", file=sys.stderr)
        return []
    torch.set_num_threads(1)
    return [Transformers(rows, torch, transformers)]


class Transformers:
    """The warpers that generate() makes of these settings, softmax, and a draw."""

    def __init__(self, rows, torch, transformers):
        self.name = f"transformers {transformers.__version__}"
        self.torch = torch
        self.library = transformers.generation.logits_process
        self.rows = [torch.tensor(row)[None] for row in rows]

    def warpers(self, keys):
        known = {"temperature": self.library.TemperatureLogitsWarper, "top_k": self.library.TopKLogitsWarper,
                 "top_p": self.library.TopPLogitsWarper, "min_p": self.library.MinPLogitsWarper}
        return [known[name](keys[name]) for name in known if name in keys]

    def run(self, keys):
        greedy = keys["temperature"] == 0
        warpers = [] if greedy else self.warpers(keys)
        tokens = []
        start = time.process_time()
        for scores in self.rows:
            for warper in warpers:
                scores = warper(None, scores)
            probs = None if greedy else self.torch.softmax(scores, -1)
            token = scores.argmax(-1) if greedy else self.torch.multinomial(probs, 1)
            tokens.append(int(token))
        return (time.process_time() - start) / len(self.rows), tokens


def compare(name, keys, everyone, rounds):
    """Microseconds a token of each round, by name; the first turn of each is not counted."""
    first = [each.run(keys)[1] for each in everyone]
    if first[0] != first[1]:
        sys.exit(f"{name}: the plain path draws other tokens")
    times = {each.name: [] for each in everyone}
    for _ in range(rounds):
        for each in everyone:
            times[each.name].append(each.run(keys)[0] * 1e6)
    return {"case": name, "microseconds": times}


def print_table(results, flags):
    names = list(results[0]["microseconds"])
    print(f"microseconds a token, {flags.vocab} ids, {flags.rows} rows, median of {flags.rounds} rounds"
          " (least); the same tokens by both of ours")
    print(f"  {'':38}" + "".join(f"{name:>24}" for name in names))
    for result in results:
        line = f"  {result['case']:38}"
        for name in names:
            times = result["microseconds"][name]
            line += f"{statistics.median(times):13.1f} ({min(times):8.1f})"
        print(line)


if __name__ == "__main__":
    main()
