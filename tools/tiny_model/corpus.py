"""Write the training text of the bundled model from a seeded grammar.

The same arguments give the same bytes on every machine. Documents are separated by
<|endoftext|>; conversations are in chatml. All of the text is ours.
"""

import argparse
import collections
import math
import pathlib
import re

import chats
import chinese
import facts
import stories
from dice import Dice

END_OF_TEXT = "<|endoftext|>"

# Kinds of documents, with weights.
MIX = {
    stories.story: 42, facts.questions: 12, facts.sums: 3, facts.counting: 2,
    chats.english: 20, chats.chinese_chat: 20, chinese.story: 9, chinese.questions: 5,
}


def write_corpus(path, seed, megabytes):
    """Write documents until the file has the size asked for; return what was written."""
    counts = collections.Counter()
    size, limit = 0, megabytes * 1_000_000
    dice = Dice(seed)
    with open(path, "wb") as out:
        while size < limit:
            maker = dice.weighted(MIX)
            size += out.write((maker(dice) + END_OF_TEXT).encode("utf-8"))
            counts[f"{maker.__module__}.{maker.__name__}"] += 1
    return counts, size


PIECE = re.compile(r" ?[A-Za-z]+| ?[0-9]+|[\u4e00-\u9fff]+| ?[^\sA-Za-z0-9\u4e00-\u9fff]+")
MARKER = re.compile(r"<\|\w+\|>\n?")
CHINESE = re.compile("|".join(sorted(chinese.WORDS, key=len, reverse=True)) + "|[\u4e00-\u9fff]")


def word_list(text):
    """The words of a text, each repeated as often as the square root of its count.

    The tokenizer is trained on this list. On the corpus itself it would learn whole
    Chinese sentences, which the grammar repeats, before many an English word. So
    Chinese is cut into characters and a few words, and the counts are brought closer.
    """
    counts = collections.Counter()
    for piece in PIECE.findall(MARKER.sub("\n", text)):
        if CHINESE.match(piece):
            counts.update(CHINESE.findall(piece))
        else:
            counts[piece] += 1
    lines = [piece for piece in sorted(counts) for _ in range(math.isqrt(counts[piece]))]
    return "\n".join(lines) + "\n"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default="build/tiny_model/corpus.txt", help="file to write (default: %(default)s)")
    parser.add_argument("--words", type=pathlib.Path, default="build/tiny_model/words.txt", help="word list to write, for tokenizer.py (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=2024, help="seed of the grammar's dice (default: %(default)s)")
    parser.add_argument("--megabytes", type=float, default=32, help="how much text (default: %(default)s)")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    counts, size = write_corpus(arguments.out, arguments.seed, arguments.megabytes)
    for kind, count in counts.most_common():
        print(f"{count:8}  {kind}")
    arguments.words.write_text(word_list(arguments.out.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{sum(counts.values()):8}  documents, {size} bytes in {arguments.out}")


if __name__ == "__main__":
    main()
