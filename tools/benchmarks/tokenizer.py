"""Tokenizers on the same bytes, one thread each: tokenwalk, tiktoken, Hugging Face tokenizers.

Encoding: documents of 64 KiB, one call for each. First the ids of all three are compared; then they
take turns, so that a busy moment of the machine meets all. The others are called from Python, as
people do, and each by its fastest way. Training: the whole program of ours, from the start of the
process to the file it writes, against the library's training alone. Times are processor time (user
and system) of the one thread: on an idle machine that is the clock's, on a busy one it is fairer.
"""
import argparse
import contextlib
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "build" / "tokenwalk"
DOCUMENT = 64 * 1024


def main():
    flags = read_flags()
    text = read_text(flags.text, max(flags.megabytes, flags.train_megabytes) * 1_000_000)
    for path in flags.tokenizer:
        compare_encoding(pathlib.Path(path), documents(text[: flags.megabytes * 1_000_000]), flags.rounds)
    if flags.train_megabytes > 0:
        compare_training(text[: flags.train_megabytes * 1_000_000], flags.vocab_size, flags.rounds)


def read_flags():
    parser = argparse.ArgumentParser(prog="tools/bench tokenizer", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", action="append", metavar="FILE",
                        help="a tokenizer.json; may be repeated (default: the bundled one)")
    parser.add_argument("--text", nargs="+", metavar="PATH", default=[sysconfig.get_path("stdlib")],
                        help="files, or folders of .py files (default: Python's standard library)")
    parser.add_argument("--megabytes", type=int, default=8, help="text to encode (default: 8)")
    parser.add_argument("--train-megabytes", type=int, default=20,
                        help="text to train on, 0 for no training (default: 20)")
    parser.add_argument("--vocab-size", type=int, default=10000, help="ids to train (default: 10000)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each (default: 5)")
    flags = parser.parse_args()
    flags.tokenizer = flags.tokenizer or [ROOT / "data" / "tiny" / "tokenizer.json"]
    return flags


# ---- the text --------------------------------------------------------------------------------


def read_text(paths, limit):
    """The first `limit` bytes of the files, those that are UTF-8; no more files than needed."""
    text = bytearray()
    for path in map(pathlib.Path, paths):
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if len(text) >= limit:
                break
            with contextlib.suppress(UnicodeDecodeError):
                text += file.read_bytes().decode().encode()
    if len(text) < limit:
        print(f"note: only {len(text) / 1e6:.1f} MB of text here", file=sys.stderr)
    return bytes(text[:limit])


def documents(text):
    """Cut into DOCUMENT bytes each, or up to three less: no character is cut."""
    cut = []
    while part := text[:DOCUMENT].decode(errors="ignore"):
        cut.append(part)
        text = text[len(part.encode()):]
    return cut


def size_of(texts):
    return sum(len(text.encode()) for text in texts)


# ---- encoding --------------------------------------------------------------------------------


class Tokenwalk:
    """Our program: it encodes once for every line it is sent, and answers with the seconds."""

    name = "tokenwalk"

    def __init__(self, path, texts, folder):
        self.path = path
        self.texts = texts
        files = []
        for i, text in enumerate(texts):
            files.append(folder / f"{i:05}.txt")
            files[-1].write_bytes(text.encode())
        command = [PROGRAM, "bench", "tokenizer", "--tokenizer", path, *files]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ids(self):
        """Of each document, by way of the protocol."""
        lines = "".join(json.dumps({"op": "encode", "text": text, "add_bos": False}) + "\n"
                        for text in self.texts)
        done = subprocess.run([PROGRAM, "jsonl", "--tokenizer", self.path], input=lines, text=True,
                              stdout=subprocess.PIPE, check=True)
        return [json.loads(line)["ids"] for line in done.stdout.splitlines()]

    def seconds(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peer:
    """Another library, in this process."""

    def ids(self):
        return self.encode()

    def seconds(self):
        return timed(self.encode)


class HuggingFace(Peer):
    def __init__(self, path, texts):
        import tokenizers

        self.name = f"tokenizers {tokenizers.__version__}"
        self.texts = texts
        self.tokenizer = tokenizers.Tokenizer.from_file(str(path))

    def encode(self):
        # encode_batch_fast leaves out the offsets that encode also makes.
        return [self.tokenizer.encode_batch_fast([text], add_special_tokens=False)[0].ids
                for text in self.texts]


class Tiktoken(Peer):
    def __init__(self, path, texts):
        import tiktoken

        self.name = f"tiktoken {tiktoken.__version__}"
        self.texts = texts
        data = json.loads(path.read_text())
        self.encoding = tiktoken.Encoding(path.parent.name, pat_str=pattern_of(data),
                                          mergeable_ranks=ranks_of(data["model"]), special_tokens={})

    def encode(self):
        return [self.encoding.encode_ordinary(text) for text in self.texts]


def pattern_of(data):
    """The pattern of a Split pre-tokenizer; for ByteLevel's own, GPT-2's as tiktoken writes it."""
    from tiktoken_ext.openai_public import r50k_pat_str

    for part in data["pre_tokenizer"].get("pretokenizers", [data["pre_tokenizer"]]):
        if part["type"] == "Split":
            return part["pattern"]["Regex"]
    return r50k_pat_str


def ranks_of(model):
    """tiktoken has one number for rank and id: right where the merged tokens' ids ascend."""
    alphabet = {char: byte for byte, char in bytes_as_chars().items()}
    added = [model["vocab"]["".join(pair if isinstance(pair, list) else pair.split(" "))]
             for pair in model["merges"]]
    if added != sorted(added):
        sys.exit("the ids do not ascend with the merges: tiktoken cannot use this vocabulary")
    return {bytes(alphabet[char] for char in token): id for token, id in model["vocab"].items()
            if all(char in alphabet for char in token)}


def bytes_as_chars():
    """GPT-2's alphabet: bytes that print stand for themselves, the others for U+0100 and on."""
    prints = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in prints]
    return {**{b: chr(b) for b in prints}, **{b: chr(256 + i) for i, b in enumerate(others)}}


def compare_encoding(path, texts, rounds):
    size = size_of(texts)
    with tempfile.TemporaryDirectory() as folder:
        ours = Tokenwalk(path, texts, pathlib.Path(folder))
        everyone = [ours, Tiktoken(path, texts), HuggingFace(path, texts)]
        check_equal(everyone)
        times = take_turns(everyone, rounds)
        ours.close()
    print(f"\nencode, {path.parent.name}: {size / 1e6:.1f} MB in {len(texts)} documents,"
          f" the same ids, {rounds} rounds")
    print_table(times, [size / 1e6] * len(everyone), "MB/s")


def check_equal(everyone):
    expected = everyone[0].ids()
    for other in everyone[1:]:
        for i, (a, b) in enumerate(zip(expected, other.ids(), strict=True)):
            if a != b:
                sys.exit(f"tokenwalk and {other.name} give different ids for document {i}")


# ---- training --------------------------------------------------------------------------------


def compare_training(text, vocab_size, rounds):
    import tokenizers

    texts = documents(text)
    with tempfile.TemporaryDirectory() as folder:
        source, result = pathlib.Path(folder) / "text", pathlib.Path(folder) / "tokenizer.json"
        source.write_bytes("".join(texts).encode())
        ours = Trainer("tokenwalk", lambda: train_ours(source, result, vocab_size))
        theirs = Trainer(f"tokenizers {tokenizers.__version__}", lambda: train_theirs(texts, vocab_size))
        times = take_turns([ours, theirs], rounds)
        tokens = set(json.loads(result.read_text())["model"]["vocab"])
    common = len(tokens & set(theirs.result.get_vocab()))
    print(f"\ntrain: {size_of(texts) / 1e6:.1f} MB to {vocab_size} ids, {rounds} rounds;"
          f" {common} tokens in common (ties are broken differently)")
    print_table(times, None, "s")


class Trainer:
    def __init__(self, name, run):
        self.name = name
        self.run = run
        self.result = None

    def seconds(self):
        start = processor_seconds()
        self.result = self.run()
        return processor_seconds() - start


def train_ours(source, result, vocab_size):
    subprocess.run([PROGRAM, "train-tokenizer", "--input", source, "--out", result, "--vocab-size",
                    str(vocab_size)], check=True, stderr=subprocess.DEVNULL)


def train_theirs(texts, vocab_size):
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


# ---- measuring -------------------------------------------------------------------------------


def processor_seconds():
    """Of this process and of the children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def timed(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def take_turns(everyone, rounds):
    """name -> seconds of each round; the first turn of each is not counted."""
    for each in everyone:
        each.seconds()
    times = {each.name: [] for each in everyone}
    for _ in range(rounds):
        for each in everyone:
            times[each.name].append(each.seconds())
    return times


def print_table(times, amounts, unit):
    """Median and range of each, and how many times as fast the first one is, round by round."""
    ours = next(iter(times.values()))
    print(f"  {'':20} {unit:>8}   {'from':>7} .. {'to':<7}   tokenwalk is")
    for i, (name, seconds) in enumerate(times.items()):
        figures = [amounts[i] / s for s in seconds] if amounts else seconds
        line = f"  {name:20} {statistics.median(figures):8.2f}   {min(figures):7.2f} .. {max(figures):<7.2f}"
        if seconds is not ours:
            ratios = [theirs / us for theirs, us in zip(seconds, ours, strict=True)]
            line += (f"   {statistics.median(ratios):.1f} times as fast"
                     f" ({min(ratios):.1f} .. {max(ratios):.1f})")
        print(line)


if __name__ == "__main__":
    main()
