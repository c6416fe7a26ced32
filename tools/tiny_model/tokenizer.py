"""Train the bundled model's tokenizer with chapter 01 and write it for Hugging Face.

The merges come from `tokenwalk jsonl`, op `train_tokenizer`; this script only brings them
into the form of tokenizer.json.
"""

import argparse
import json
import pathlib
import subprocess
import sys

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END_OF_TEXT, _, END_OF_TURN = SPECIALS

CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' ~ message.role ~ '\\n' ~ message.content ~ '<|im_end|>\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"
)


def byte_alphabet():
    """The printable character that stands for each byte in tokenizer.json.

    Printable Latin-1 bytes stand for themselves; the others take the characters from
    U+0100 on, in order.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = {byte: chr(byte) for byte in printable}
    alphabet.update({byte: chr(0x100 + i) for i, byte in enumerate(others)})
    return alphabet


ALPHABET = byte_alphabet()


def spell(hexadecimal):
    """The bytes, given in hexadecimal, in the letters of the byte alphabet."""
    return "".join(ALPHABET[byte] for byte in bytes.fromhex(hexadecimal))


def ask(program, request):
    """Send one request to `tokenwalk jsonl` and return the reply."""
    line = json.dumps(request, ensure_ascii=False) + "\n"
    try:
        done = subprocess.run([program, "jsonl"], input=line.encode("utf-8"), stdout=subprocess.PIPE, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"tokenizer.py: {program} jsonl did not run: {error}")
    reply = json.loads(done.stdout.splitlines()[0])
    if not reply.get("ok"):
        sys.exit(f"tokenizer.py: {program} answered {reply.get('error')}")
    return reply


def to_hugging_face(reply):
    """The contents of tokenizer.json for the trained merges and vocabulary."""
    special_hex = {text.encode("utf-8").hex(): text for text in SPECIALS}
    vocab = {special_hex.get(token) or spell(token): i for i, token in enumerate(reply["vocab_hex"])}
    merges = [[spell(left), spell(right)] for left, right in reply["merges_hex"]]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": vocab[text], "content": text, **flags} for text in SPECIALS],
        "normalizer": None, "pre_tokenizer": byte_level, "post_processor": None, "decoder": byte_level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": vocab, "merges": merges,
        },
    }


def tokenizer_config(context):
    """The contents of tokenizer_config.json."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": context,
        "bos_token": None, "eos_token": END_OF_TURN, "pad_token": END_OF_TEXT, "unk_token": None,
        "add_bos_token": False, "add_prefix_space": False, "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    }


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--words", type=pathlib.Path, default="build/tiny_model/words.txt", help="word list made by corpus.py")
    parser.add_argument("--out", type=pathlib.Path, default="data/tiny", help="model folder to write to")
    parser.add_argument("--program", default="build/tokenwalk", help="the tokenwalk program")
    parser.add_argument("--vocab-size", type=int, default=2048, help="token ids, bytes and specials included")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if not arguments.words.is_file():
        sys.exit(f"tokenizer.py: {arguments.words} is missing; run tools/tiny_model/corpus.py first")
    request = {"op": "train_tokenizer", "path": str(arguments.words.resolve()), "pattern": "gpt2",
               "vocab_size": arguments.vocab_size, "specials": SPECIALS}
    reply = ask(arguments.program, request)
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_json(arguments.out / "tokenizer.json", to_hugging_face(reply))
    write_json(arguments.out / "tokenizer_config.json", tokenizer_config(1024))
    print(f"{len(reply['merges_hex'])} merges, {len(reply['vocab_hex'])} ids; saved in {arguments.out}")


if __name__ == "__main__":
    main()
