"""Whole models on the CPU: tokenwalk beside llama.cpp, transformers and OpenVINO GenAI.

The same weights, the same number of threads, and turns: in every round each program runs once, so
that a busy moment of the machine meets all. A figure is tokens a second in the best round. llama.cpp
is built for this processor, where it has AMX with and without, and the faster one counts. Peers that
cannot be installed or cannot run a precision are left out with a note.
"""
import argparse
import json
import pathlib
import sys
import time

import cpu_models
import cpu_peers

# name: (kind, tokens, positions held before, rows)
WORK = {
    "prefill 512": ("prefill", 512, 0, 1),
    "decode": ("decode", 128, 0, 1),
    "decode at 2048": ("decode", 32, 2048, 1),
}
OUR_WORK = {
    "decode at 128": ("decode", 32, 128, 1),
    "decode at 1024": ("decode", 32, 1024, 1),
    "decode at 4096": ("decode", 32, 4096, 1),
    "decode, 8 rows": ("decode", 32, 128, 8),
}


def main():
    flags = read_flags()
    models = cpu_models.prepare(flags.model, flags.precisions)
    everyone = cpu_peers.everyone(models, flags)
    times = {}
    for turn in range(flags.rounds):
        for each in everyone:
            if each.failed:
                continue
            show(f"round {turn + 1} of {flags.rounds}: {each.label}")
            remember(times, each, run(each))
    show("")
    report = {"date": time.strftime("%Y-%m-%d"), "model": flags.model, "threads": flags.threads,
              "rounds": flags.rounds, "peaks": cpu_peers.peaks(everyone), "tokens_per_second": times}
    print_table(report, flags.precisions)
    if flags.json:
        flags.json.write_text(json.dumps(report, indent=1) + "\n")


def read_flags():
    parser = argparse.ArgumentParser(prog="tools/bench cpu", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2", choices=cpu_models.NAMES,
                        help="smollm2 (default), or random weights in a larger shape")
    parser.add_argument("--precisions", type=lambda text: text.split(","), metavar="P,P",
                        default=["f32", "bf16", "q8_0", "q4_1"], help="(default: f32,bf16,q8_0,q4_1)")
    parser.add_argument("--threads", type=int, default=2, help="(default: 2)")
    parser.add_argument("--rounds", type=int, default=5, help="(default: 5)")
    parser.add_argument("--peers", type=lambda text: text.split(","), metavar="NAME,NAME",
                        default=["llama.cpp", "transformers", "openvino"],
                        help="(default: llama.cpp,transformers,openvino)")
    parser.add_argument("--before", type=str.split, default=[], metavar="COMMAND",
                        help="put before every program that is measured, such as 'taskset -c 0,1'")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


def run(each):
    try:
        return each.run(WORK | OUR_WORK if each.ours else WORK)
    except cpu_peers.Failed as problem:
        print(f"\nnote: {each.label} is left out: {problem}", file=sys.stderr)
        each.failed = True
        return {}


def remember(times, each, rates):
    """times[precision][work][program] is the best so far."""
    for work, rate in rates.items():
        best = times.setdefault(each.precision, {}).setdefault(work, {})
        best[each.name] = max(rate, best.get(each.name, 0))


def show(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


# ---- the table -------------------------------------------------------------------------------


def print_table(report, precisions):
    print(f"{report['model']}, {report['threads']} threads, best of {report['rounds']} rounds")
    for key, value in report["peaks"].items():
        print(f"  {key}: {value}")
    for precision in precisions:
        print(f"\n{precision:24} {'tokens/s':>10}   tokenwalk is")
        for work, rates in report["tokens_per_second"].get(precision, {}).items():
            print(f"  {work}")
            for name, rate in sorted(rates.items(), key=lambda item: -item[1]):
                ours = rates.get("tokenwalk", 0)
                ratio = "" if name == "tokenwalk" or not ours else f"   {ours / rate:.2f} times as fast"
                print(f"    {name:20} {rate:10.1f}{ratio}")


if __name__ == "__main__":
    main()
