"""Texts that find mistakes in a tokenizer: kinds of white space, digits, contractions, many
languages, emoji, control characters, special tokens inside text, and random mixtures of these.

Every code point is assigned in Unicode 14, so that libraries with newer tables agree.
"""

import random
import unicodedata

SPACES = [" ", "\t", "\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u00a0", "\u1680", "\u2003",
          "\u2009", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"]
NOT_SPACES = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u180e", "\u001c", "\u001f"]

LANGUAGES = [
    "The quick brown fox jumps over the lazy dog.",
    "Wir wünschen Ihnen schöne Grüße aus Straßburg.",
    "Où est-ce que l'élève a mangé le gâteau ?",
    "El pingüino comió piñas mañana por la mañana.",
    "Ação e reação não são à toa.",
    "Perché no? È già lì.",
    "Zażółć gęślą jaźń.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "Árvíztűrő tükörfúrógép.",
    "İstanbul'da ışıl ışıl bir gün.",
    "Þetta reddast, sagði hún.",
    "Tiếng Việt có nhiều dấu thanh.",
    "Съешь ещё этих мягких французских булок.",
    "Їжак з'їв яблуко.",
    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
    "שלום עולם, מה שלומך?",
    "مرحبا بالعالم، كيف حالك؟ ١٢٣",
    "سلام دنیا، حال شما چطور است؟ ۴۵۶",
    "नमस्ते दुनिया, आप कैसे हैं? १२३",
    "স্বাগতম বিশ্ব, ৪৫৬",
    "வணக்கம் உலகம்",
    "สวัสดีชาวโลก ๗๘๙",
    "你好，世界！今天天气很好。",
    "繁體中文也沒問題。",
    "こんにちは、世界。カタカナとひらがな。",
    "안녕하세요 세계",
    "გამარჯობა მსოფლიო",
    "Բարեւ աշխարհ",
    "ሰላም ልዑል",
    "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
    "Saluton mondo, ĉu vi ŝatas ĝin?",
]

CONTRACTIONS = ["I'm", "you're", "he's", "they'll", "we've", "I'd", "can't", "DON'T", "I'M",
                "it’s", "rock'n'roll", "'tis", "o'clock", "dogs' bones", "''s", "'re're", "x'", "'"]

DIGITS = ["0", "42", "007", "1234567890", "3.14159", "1,000,000", "2024-02-29", "12:34:56", "1e-10",
          "0xDEADBEEF", "a1b2c3", "١٢٣", "१२३", "½ ¾ ⅓", "x²+y³", "Ⅷ Ⅻ", "①②③", "５６７", "1st 2nd",
          "$9.99", "100%", "no1", "1 2 3", "12 34"]

CODE = ["def f(x):\n    return x**2\n", "for (int i = 0; i < n; ++i) {\n\tsum += a[i];\n}",
        "#include <vector>", "if a != b && c <= d || !e:", "SELECT * FROM t WHERE id=1;",
        "<div class=\"x\">text</div>", "{\"key\": [1, 2, {\"a\": null}]}", "https://example.org/a?b=c&d=e#f",
        "user.name+tag@example.com", "snake_case camelCase PascalCase kebab-case", "\\n \\t \\\\",
        "a\t\tb\n\n\n\nc", "    indented\n        more", "//////", "-----", "*** !!! ???", "...", "…",
        "_____", "`code`", "#!/bin/sh\nset -e\n"]

EMOJI = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷🇯🇵", "❤️", "☕", "1️⃣", "🧑🏿‍🚀", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𝟘𝟙𝟚", "𓀀𓁐", "𐍈", "あ゙"]

MARKS = ["é", "e\u0301", "ñ", "n\u0303", "ﬁ", "Å", "A\u030a", "가", "\u1100\u1161", "Z͑ͫa̴l̷g̵o",
         "\u0301", " \u0301", "ﷺ", "ß", "ẞ", "Ǆ", "ʼn"]

CONTROLS = ["\x00", "a\x00b", "\x01\x02", "\x04", "a\x06b", "\x07", "\x08", "\x13\x14", "\x1b[31m", "\x16 \x1d",
            "\x7f", "\x80\x9f", "\ufffd", "\ue000", "\ufffe", "\U0010fffd"]


def with_specials(specials):
    """Special tokens alone, in text, cut, doubled, and with white space around."""
    texts = []
    for token in specials[:3]:
        texts += [token, f"a{token}b", f" {token} ", f"{token}{token}", f"\n{token}\n", token[:-1],
                  token[1:], f"{token[:2]} {token[2:]}", f"x {token[:-1]}{token}y", token.upper()]
    return texts + ["".join(specials), " ".join(specials)]


def is_assigned(text):
    # Private-use, noncharacter and control code points have a fixed meaning too.
    return all(unicodedata.category(c) != "Cn" or c in "\ufffe" for c in text)


def make_strings(specials):
    """A few hundred texts, the same for the same `specials`."""
    assert unicodedata.unidata_version >= "14"
    texts = ["", "a", "Hello world", "Hello  world", " Hello", "Hello ", "  ", "   x", "x   ", "A B C"]
    for space in SPACES + NOT_SPACES:
        texts += [space, space * 2, f"a{space}b", f"a{space * 3}b", f"{space}a", f"a{space}", f"1{space}2",
                  f". {space}!"]
    texts += [a + b for a in SPACES[:7] for b in SPACES[:7] if a != b]
    groups = [LANGUAGES, CONTRACTIONS, DIGITS, CODE, EMOJI, MARKS, CONTROLS, with_specials(specials)]
    for group in groups:
        texts += group
    pieces = [t for group in groups for t in group] + SPACES + NOT_SPACES + list(specials)
    rng = random.Random(2024)
    for _ in range(120):
        texts.append("".join(rng.choice(pieces)[: rng.randint(1, 12)] for _ in range(rng.randint(2, 6))))
    unique = list(dict.fromkeys(texts))
    return [t for t in unique if is_assigned(t)]
