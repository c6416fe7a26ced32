"""Random choices and a small template language for the training corpus.

Python does not promise that `random.choice` gives the same result in every
version, so the corpus rolls its own dice: SplitMix64, sixty-four bits at a time.
"""

import re

MASK = (1 << 64) - 1
ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")
ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")


class Dice:
    """A seeded stream of random choices, the same on every machine."""

    def __init__(self, seed):
        self.state = seed & MASK

    def next64(self):
        """The next 64 random bits (SplitMix64)."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, n):
        """A whole number from 0 to n - 1."""
        return self.next64() % n

    def between(self, low, high):
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent):
        """True in `percent` of one hundred cases."""
        return self.below(10_000) < percent * 100

    def pick(self, items):
        """One of the items, all equally likely."""
        return items[self.below(len(items))]

    def sample(self, items, count):
        """`count` different items in random order."""
        pool = list(items)
        return [pool.pop(self.below(len(pool))) for _ in range(count)]

    def favour(self, items):
        """One of the items; the k-th is 1/k times as likely as the first."""
        return self.weighted({item: 2520 // k for k, item in enumerate(dict.fromkeys(items), 1)})

    def weighted(self, table):
        """A key of `table`, a dictionary from item to whole-number weight."""
        ticket = self.below(sum(table.values()))
        for item, weight in table.items():
            if ticket < weight:
                return item
            ticket -= weight
        raise AssertionError("the weights changed while drawing")

    def fill(self, template, slots=None):
        """Expand a template: `[a|b|c]` chooses one side, `{name}` takes a slot.

        The earlier side is the likelier one (see `favour`). Brackets may be nested.
        "a" becomes "an" before a vowel.
        """
        text = template
        while "[" in text:
            text = ALTERNATIVES.sub(lambda m: self.favour(m.group(1).split("|")), text)
        text = SLOT.sub(lambda m: str(slots[m.group(1)]), text)
        return ARTICLE.sub(r"\1n ", text)
