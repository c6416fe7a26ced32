"""The chapter cards (chapters/*/chapter.json), in the order of the book."""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def read_cards():
    cards = [json.loads(path.read_text()) for path in ROOT.glob("chapters/*/chapter.json")]
    return sorted(cards, key=lambda card: card["number"])


def page_id(card):
    return f"ch{card['number']:02}"
