"""The chapter cards (chapters/*/chapter.json), in the order of the book."""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def read_cards():
    cards = [json.loads(path.read_text()) for path in ROOT.glob("chapters/*/chapter.json")]
    return sorted(cards, key=lambda card: card["number"])


def page_id(card):
    return f"ch{card['number']:02}"


def needed(card, cards):
    """What a card builds on, without what those chapters build on themselves."""
    by_id = {other["id"]: other for other in cards}

    def all_of(one):
        found = set()
        for name in by_id[one]["builds_on"]:
            found |= {name} | all_of(name)
        return found

    direct = set(card["builds_on"])
    return sorted(direct - {name for other in direct for name in all_of(other)})
