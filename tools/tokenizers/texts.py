"""Texts that find mistakes in a tokenizer, for make_golden.py and compare.py: fixed ones and a
random generator. Every code point is assigned in Unicode 14 (or a noncharacter), since libraries
disagree on later ones."""

import pathlib
import random
import sys
import unicodedata

TOOLS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TOOLS / "smollm2"), str(TOOLS / "tiny_model")]
import golden_strings  # noqa: E402
import tokenizer_strings as strings  # noqa: E402

# Beside those of tokenizer_strings.py: more than sixty languages in all.
MORE_LANGUAGES = [
    "Het regent vandaag in Amsterdam.", "Det var en gång en liten flicka.", "Jeg forstår ikke dette spørsmål.",
    "Tere tulemast Tallinna!", "Yö oli pimeä ja hiljainen.", "Labdien, kā jums klājas?", "Ačiū, viskas gerai, šiąnakt žvaigždės.",
    "Bună ziua, ce mai faceți în țară?", "Dobar dan, šta ima? Čaj, žlica, đak.", "Dobrý deň, ako sa máte? Ľúbim ťa.",
    "Здравей, свят! Щъркел.", "Добры дзень, сябры ў Мінску.", "Здраво, како си? Љубав и њива, ђак.", "Сайн байна уу, Монгол улс?",
    "Сәлем, қалайсың? Ұлы дала.", "Salom dunyo, oʻzbek tili.", "Merhaba, nasılsın? Şişli'de yağmur.", "Salam dünya, necəsən?",
    "Xin chào, bạn khỏe không?", "Selamat pagi, apa khabar?", "Kumusta ka, kaibigan ko?", "Habari gani, rafiki yangu?",
    "Sannu, yaya kake? Ɗan ƙasa.", "Ẹ káàárọ̀, báwo ni?", "Sawubona, unjani namhlanje?", "Molo, kunjani? ǃXóõ ǂHoan",
    "Dia dhuit, conas atá tú?", "Helo, sut wyt ti heddiw?", "Kaixo mundua, zer moduz?", "Hola món, com estàs? L'avi·la col·lega.",
    "Ħello dinja, kif int? Għajnuna.", "Moien, wéi geet et dir?", "Sveika, pasaule!", "Halló heimur, þú ert æðislegur.",
    "سلام دنیا، می‌خواهم بروم.", "ہیلو دنیا، آپ کیسے ہیں؟", "سلام نړۍ، څنګه یاست؟", "ياخشىمۇسىز دۇنيا", "ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ ਦੁਨੀਆ ੧੨੩",
    "નમસ્તે દુનિયા ૪૫૬", "ନମସ୍କାର ଦୁନିଆ ୭୮୯", "నమస్కారం ప్రపంచం ౧౨౩", "ನಮಸ್ಕಾರ ಜಗತ್ತು ೪೫೬", "നമസ്കാരം ലോകം ൧൨൩ ക്ഷ",
    "ආයුබෝවන් ලෝකය ක්‍ෂ", "ສະບາຍດີຊາວໂລກ ໑໒໓", "မင်္ဂလာပါ ကမ္ဘာလောက ၁၂၃", "សួស្តី​ពិភពលោក ១២៣", "བཀྲ་ཤིས་བདེ་ལེགས། ༡༢༣",
    "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ", "ⵜⴰⵎⴰⵣⵉⵖⵜ ⵉⴳⴰⵏ", "ߒߞߏ ߛߍߓߍ ߁߂߃", "𞤀𞤣𞤤𞤢𞤥 𞥑𞥒𞥓", "ދިވެހި ބަސް", "ܫܠܡܐ ܥܠܡܐ", "ꦲꦏ꧀ꦱꦫꦗꦮ ꧑꧒", "ᮘᮞ ᮞᮥᮔ᮪ᮓ ᮱᮲",
    "ꯃꯤꯇꯩ ꯂꯣꯟ ꯱꯲", "ᱥᱟᱱᱛᱟᱲᱤ ᱑᱒", "ꆈꌠꉙ", "ㄅㄆㄇㄈ", "粵語係好正㗎", "𠮷野家 𩸽", "にほんご ｶﾀｶﾅ ﾊﾟ", "훈민정음 ㄱㄴㄷ",
    "ΑΒΓ ὦ ἄνθρωπε", "Ⲁⲛⲟⲕ ⲡⲉ", "ᚠᚢᚦᚨᚱᚲ", "ᐃᓄᒃᑎᑐᑦ", "Ꮳꮃꭹ", "𐤀𐤁𐤂", "𒀀𒁀", "Tlingit: x̱ʼáan ḵu.éexʼ",
]

CONTRACTIONS = [word + mark + end + after
                for mark in "'’ʼ＇" for end in ["s", "S", "t", "T", "re", "RE", "Re", "rE", "ve", "Ve", "m", "M", "ll", "LL",
                                              "lL", "d", "D", "x", "ſ", "K", "ß"]
                for word, after in [("a", ""), ("", "b"), (" ", " "), ("1", "1"), ("\n", "\n")]]

NFC_TRAPS = [
    "\u212b", "\u2126", "\u212a", "A\u030a", "\u0041\u0301\u0327", "\u0041\u0327\u0301", "\u1e69", "s\u0307\u0323", "s\u0323\u0307",
    "\u0344", "\u0340\u0341", "\u0374", "\u037e", "\u0387", "\u1fef", "\u2000\u2001", "\u2329\u232a", "\uf900\ufa0e\ufa10\ufa6c",
    "\u0958\u0959", "\u09dc", "\u0a33", "\u0b5c", "\u0f43", "\u0f73\u0f75\u0f81", "\u0f71\u0f72", "\ufb1d\ufb2a", "\u05e9\u05c1",
    "\U0001d15e", "\U0001d1bb\U0001d16e", "\U0002f800", "\u1100\u1161\u11a8", "\uac00\u11a8", "\uac01\u11a8", "\u1100\u1161\u11a7", "\u1100\uac00",
    "\u0915\u093c", "\u09c7\u09be", "\u0b47\u0b56", "\u0bc6\u0bbe", "\u0cc6\u0cc2\u0cd5", "\u0dd9\u0dcf\u0dca", "\u1025\u102e", "\u3046\u3099",
    "\u30ab\u3099", "\u304b\u309a", "\U00011099\U000110ba", "\U00011131\U00011127", "\U000114b9\U000114ba", "\U00011935\U00011930",
    "\u0338", "=\u0338", "<\u0338", "\u0338=", "a\u0301\u0300", "a\u0300\u0301", "\u00e1\u0323", "\u0301a", "e\u0301's", "1\u0301", " \u0301", "\n\u0301",
    "\u0061\u035c\u0315\u0300\u05ae\u0062", "\u1ebf\u0323", "\u0d4a\u0d3e", "\u1112\u1161\u11ab\u1100\u1173\u11af", "\u0344\u0301", "\U0001133e\U00011347",
    "a\u1dfa\u0301", "a\u0301\u1dfa", "a\u0898\u0327", "e\u1ac1\u0301", "a\u0327\u1df6", "\u0c4d\u0c3c", "\u0c15\u0c3c\u0c4d",
]

LONG = [["a", 10000], ["ab", 5000], ["是", 3000], [" ", 10000], ["\n", 4000], ["7", 10000], ["é", 3000], ["e\u0301", 3000],
        ["-", 10000], ["😀", 2000], ["\u0301", 3000], [" a", 5000], ["'s", 4000], ["\r\n", 4000], ["\u200d", 3000], ["<|endoftext", 500]]


def is_nonchar(c):
    return ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF


def is_fit(text):
    """Only assigned code points, noncharacters among them; text that can be stored."""
    return all(unicodedata.category(c) not in ("Cn", "Cs") or is_nonchar(c) for c in text)


def one_of_each():
    """Every character of the kinds that few texts have: white space, control characters,
    noncharacters, the digits of every script, and emoji of several code points."""
    every = [chr(c) for c in range(0x110000)]
    spaces = [c for c in every if c.isspace() and c not in "\x1c\x1d\x1e\x1f"]
    texts = [text for c in spaces for text in (f"x{c}y", f"x{c}{c} {c}y", f"{c}1{c}\n.{c}")]
    texts += [text for c in every if unicodedata.category(c) == "Cc" or is_nonchar(c)
              for text in (f"a{c}b", f" {c}{c}1")]
    zeros = [c for c in every if unicodedata.category(c) == "Nd" and unicodedata.digit(c) == 0]
    texts += [f"{zero}a " + "".join(chr(ord(zero) + i) for i in range(10)) for zero in zeros]
    england = "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbeng\x7f")
    return texts + [england, england + "\U0001f1e9\U0001f1ea\U0001f1eb", "1\ufe0f\u20e3#\ufe0f\u20e3",
                    "\U0001f9d1\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f9d1\U0001f3fb", "\U0001f3f3\ufe0f\u200d\U0001f308"]


ASSIGNED = {}
for code in range(0x110000):
    kind = unicodedata.category(chr(code))
    if kind not in ("Cn", "Cs"):
        ASSIGNED.setdefault(kind, []).append(chr(code))
# Private use and Han and Hangul are many and alike.
POOLS = [c if len(c) < 3000 else random.Random(1).sample(c, 3000) for _, c in sorted(ASSIGNED.items())]
MARKS = [c for kind in ("Mn", "Mc", "Me") for c in ASSIGNED[kind]]
COMPOSING = [chr(c) for c in range(0x110000)
             if unicodedata.decomposition(chr(c)) and unicodedata.decomposition(chr(c))[0] != "<"]


def random_piece(rng, pieces):
    kind = rng.randrange(9)
    if kind < 3:
        return rng.choice(pieces)
    if kind == 3:
        return rng.choice(strings.SPACES + strings.NOT_SPACES) * rng.choice([1, 1, 1, 2, 3])
    if kind == 4:
        return "".join(rng.choice(rng.choice(POOLS)) for _ in range(rng.randint(1, 4)))
    if kind == 5:
        return rng.choice("aeoAEOsuınK가한かαи") + "".join(rng.choice(MARKS) for _ in range(rng.randint(1, 3)))
    if kind == 6:
        return unicodedata.normalize("NFD", rng.choice(COMPOSING))
    if kind == 7:
        return rng.choice("'’") + rng.choice(["s", "S", "t", "re", "VE", "ll", "Ll", "d", "ſ", "x"])
    return "".join(chr(rng.randrange(0x20, 0x7F)) for _ in range(rng.randint(1, 6)))


def random_text(rng, specials):
    """A mixture of pieces that are troublesome side by side; specials whole, cut and nested."""
    pieces = strings.LANGUAGES + strings.CODE + strings.EMOJI + strings.DIGITS + list(specials)
    text = ""
    for _ in range(rng.randint(1, 9)):
        piece = random_piece(rng, pieces)
        if len(piece) > 6 and rng.random() < 0.5:
            piece = piece[rng.randrange(3):rng.randint(3, len(piece))]
        at = rng.randint(0, len(text)) if rng.random() < 0.15 else len(text)
        text = text[:at] + piece + text[at:]
    return text if is_fit(text) else random_text(rng, specials)


def around_specials(specials):
    texts = []
    for token in specials:
        for space in ["", " ", "  ", "\n", "\u00a0", "\u3000 \t", "\u200b", "\u0085"]:
            texts += [f"a{space}{token}b", f"a{token}{space}b", f"{space}{token}{space}", f"{token}{space}{token}"]
        for touching in ["a", "1", "_", ".", "'s", "é", "\u0301", "是", "-", "½", "\u200d", "\u2040", "Ⓐ", "ª"]:
            texts += [touching + token, token + touching, touching + token + touching]
        texts += [token[:-1], token[1:], token[:2] + " " + token[2:], token + token, token[:-1] + token, token.upper(),
                  unicodedata.normalize("NFD", token), unicodedata.normalize("NFC", token)]
    return texts + [a + b for a in specials for b in specials] + ["".join(specials), " ".join(specials)]


def fixed_texts(specials):
    """The fixed texts, each once; a pair [unit, n] stands for n times the unit."""
    texts = strings.make_strings(["<|endoftext|>", "<|im_start|>", "<|im_end|>"]) + golden_strings.FIXED
    texts += MORE_LANGUAGES + CONTRACTIONS + NFC_TRAPS + around_specials(specials)
    for space in strings.SPACES + strings.NOT_SPACES:
        texts += [f"x{space}{end}y" for end in ["\n", " ", "\r", "'s", "1", ".", "\u0301"]]
    return [t for t in dict.fromkeys(texts) if is_fit(t)] + LONG


def expand(text):
    return text if isinstance(text, str) else text[0] * text[1]
