"""What a precision costs in quality: the perplexity of an English text by tokenwalk in every
precision, and by llama.cpp of the same files.

Both read windows of 512 tokens, each token from at least 256 before it; llama.cpp predicts the
second half of windows that follow each other, tokenwalk of windows that overlap by half, so their
figures are of different tokens of the same text. Compare within a column.
The text is the prose of this book, the pages of its chapters, unless --text names another.
"""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import tempfile

import cpu_models
import cpu_peers

ROOT = cpu_peers.ROOT
WINDOW = 512


def main():
    flags = read_flags()
    text = flags.text.read_text() if flags.text else prose_of_the_book()
    text = text[: flags.characters]
    print(f"{len(text)} characters, SHA-256 {hashlib.sha256(text.encode()).hexdigest()[:16]}")
    models = cpu_models.prepare("smollm2", flags.precisions)
    builds = cpu_peers.llama_cpp_builds()[:1] if flags.llama_cpp else []
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(text)
        file.flush()
        print(f"{'file':6} {'run as':6} {'tokenwalk':>12} {'against f32':>12} {'llama.cpp':>12}")
        for stored in flags.precisions:
            show(stored, models[stored][0], file.name, builds)


def read_flags():
    parser = argparse.ArgumentParser(prog="tools/bench perplexity", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=pathlib.Path, metavar="FILE", help="UTF-8")
    parser.add_argument("--characters", type=int, default=40000, help="of it at most (default: 40000)")
    parser.add_argument("--precisions", type=lambda text: text.split(","), metavar="P,P",
                        default=["f32", "bf16", "q8_0", "q4_1"], help="(default: f32,bf16,q8_0,q4_1)")
    parser.add_argument("--no-llama-cpp", dest="llama_cpp", action="store_false")
    return parser.parse_args()


def prose_of_the_book():
    """Paragraphs of the pages: no tables, lists, headings, code or formulas."""
    pages = [path.read_text() for path in sorted(ROOT.glob("chapters/*/page.md"))]
    blocks = re.sub(r"```.*?```", "", "\n\n".join(pages), flags=re.DOTALL).split("\n\n")
    wanted = [b.strip() for b in blocks if re.match(r"[A-Z*]", b.strip()) and "\\f" not in b]
    return "\n\n".join(wanted) + "\n"


def show(stored, model, text, builds):
    """A file in its own precision, and dequantised to f32: what is between them is the products'."""
    dequantised = tokenwalk(model, "f32", text)
    rounded = dequantised if stored == "f32" else tokenwalk(model, "", text)
    theirs = f"{llama_cpp(builds[0], model, text):12.4f}" if builds else ""
    print(f"{stored:6} {'f32':6} {dequantised:12.4f}")
    print(f"{stored:6} {stored:6} {rounded:12.4f} {100 * (rounded / dequantised - 1):+10.3f} % {theirs}",
          flush=True)


def tokenwalk(model, precision, text):
    command = [ROOT / "build" / "tokenwalk", "score", "--model", model, "--file", text, "--window", WINDOW,
               "--stride", WINDOW // 2, "--json"]
    return cpu_peers.call(command + (["--precision", precision] if precision else []))["perplexity"]


def llama_cpp(build, model, text):
    program = cpu_peers.LLAMA_CPP / build / "bin" / "llama-perplexity"
    done = subprocess.run([program, "-m", model, "-f", text, "-c", str(WINDOW)], capture_output=True,
                          text=True, check=True)
    return float(re.search(r"Final estimate: PPL = ([0-9.]+)", done.stdout + done.stderr)[1])


if __name__ == "__main__":
    main()
