"""Strings of every kind, to compare tokenizers on."""

FIXED = [
    "", " ", "  ", "   ", "\n", "\n\n", "\n\n\n", "\r\n", "\r\n\r\n", "\t", "\t\t x", " \n", "\n ", " \n x", "a", " a", "  a", "a ",
    "a  ", "a   b", "a\nb", "a\n\nb", "a \n b", "a\r\nb\r\n", "\ra\r", "end of line \n", "tab\tin\tthe middle", "\x0b\x0c x",
    "The little cat sat on the mat.", "Once upon a time there was a little girl.", "THE LITTLE CAT", "tHe LiTtLe cAt",
    "I'm here, you're there, he's gone; they've said we'll go and I'd stay, don't!", "I'M HERE, YOU'RE THERE, DON'T",
    "'s 't 're 've 'm 'll 'd", "'S 'T 'RE 'VE 'M 'LL 'D", "it''s", "rock'n'roll", "'tis the dog's ' s", "x'lly 'dx 'ref",
    "it’s a curly apostrophe", "\"Hello,\" said Tom. \"Who are you?\"", "(a) [b] {c} <d>", "a+b=c; x**2 // y != z || !w && v",
    "1", "12", "123", "1234567890", "1 2 3", "3.14", "1,000,000", "0x1F", "2 + 3 = 5", "12-07-2024", "5th 3rd x2y3",
    "١٢٣ ٤٥٦", "१२३", "０１２３", "②③ ½ ¾ Ⅷ ⅷ", "x² + y³", "四十二", "๑๒๓", "𝟏𝟐𝟑 𝟬", "፩፪",
    "你好！", "你好，小红！", "1+1是多少？", "从前有一只小猫，它叫咪咪。", "天空是蓝色的。The sky is blue.", "中文English混合text文字",
    "繁體中文與稀有字龘靐", "日本語の文章です。", "カタカナ ひらがな", "한국어 문장입니다", "Привет, мир!", "Ελληνικά", "שלום עולם",
    "مرحبا بالعالم", "नमस्ते दुनिया", "ภาษาไทย", "Tiếng Việt", "naïve café Ångström Straße", "e\u0301 A\u030a n\u0303 (combining)", "ﬁ ﬂ ligatures",
    "😊", "🌞", " 😊", "You are welcome! 😊", "👍🏽 👩‍👩‍👧‍👦 🇨🇳🇫🇷 ❤️ ☎️", "🙂🙃🙂", "a😊b", "😊\n😊", "𝒜𝓁𝓅𝒽𝒶", "𐍈𐌰", "🀄🂡",
    "\x00", "a\x00b", "\x01\x02\x03", "\x1b[31mred\x1b[0m", "\x1c\x1d\x1e\x1f", " \x1c ", "\x7f", "\x80\x9f", "\x85", "a\x85b", "\u00a0", "a\u00a0\u00a0b",
    "\u200b", "a\u200bb", "\u200d\u200e", "\u2028\u2029", "a\u2028b", "\u3000", "\u3000你好\u3000", "\u1680\u2000\u2003\u202f\u205f x", "\u180e", "\ufeffBOM",
    "\ufffd", "\ufffe\uffff", "\ue000\uf8ff", "\U0010ffff", "\ud7ff", "\u0378", "soft\u00adhyphen", "zero\u2060width",
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|endoftext|><|endoftext|>", "a<|endoftext|>b", " <|endoftext|> ", "<|im_end|>\n",
    "<|im_start|>user\n1+1是多少？<|im_end|>\n<|im_start|>assistant\n", "<|im_start|>user\nHello!<|im_end|>\n<|im_start|>assistant\nHi!<|im_end|>\n",
    "<|im_start|>system\nAnswer with one word.<|im_end|>\n<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\n",
    "<|im_start|", "|im_start|>", "<|IM_START|>", "<| im_start |>", "<|im_start|><|im_end", "<<|im_end|>>", "<|endoftext|", "<|unknown|>",
    "x  <|im_end|>  y", "\n<|im_end|>\n\n", "the<|im_end|>re", "it'<|im_end|>s", "你<|im_end|>好", "  <|im_start|>", "<|im_start|>  ",
    "https://example.org/a?b=c&d=%20#e", "user@example.org", "C:\\path\\file.txt", "/usr/bin/env", "#include <vector>", "int main() { return 0; }",
    "def f(x):\n    return x + 1\n", "for (int i = 0; i < n; ++i) {\n\tsum += a[i];\n}\n", "{\"key\": [1, 2.5, null, true]}", "<a href=\"x\">y</a>",
    "snake_case camelCase PascalCase kebab-case", "__init__ _x_ x_1", "----", "=====", "....", "...", "…", "!!!???", "?!", "—–-", "«»„“”‘’", "、。《》「」", "…………",
    "€£¥₹ $5", "±×÷≠≤∞∑√", "→←↑↓⇒", "°C 10% 5‰", "§¶†‡", "a/b\\c|d", "~`@#$%^&*()", "^_^ :-) ;)", "aaaaaaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc",
    "supercalifragilisticexpialidocious", "Donaudampfschifffahrtsgesellschaft", "zzzzqqqqxxxx", "hahahahahaha", "nononononono",
]

POOLS = {
    "words": ["the", " little", " cat", "Once", " upon", " a", " time", " said", " Tom", " mat", " happy", " friends", "they'll", " don't", " Zebra"],
    "chinese": ["你好", "小猫", "，", "。", "是", "什么", "天空", "北京", "？", "的", "龙", "鑫", "“", "”"],
    "digits": ["0", "1", "23", "456", " 7", " 89", "٣", "५", "Ⅳ", "½", ".", ",", " + ", " = "],
    "space": [" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2009", "\x0b", "\x85", "\u2028", "   \n"],
    "marks": [".", ",", "!", "?", "'", "\"", "-", "--", "(", ")", "'s", "'ll", "’s", ":", ";", "…"],
    "emoji": ["😊", "🌞", "👍", "🏽", "\u200d", "\ufe0f", "❤", "🇫", "🇷", "🧪"],
    "control": ["\x00", "\x01", "\x08", "\x0e", "\x1c", "\x1f", "\x7f", "\x9f", "\u200b", "\ufeff"],
    "letters": ["é", "ß", "Ж", "λ", "א", "ب", "क", "ी", "か", "한", "ñ", "e\u0301", "ı", "ǅ", "ʰ", "ª"],
    "specials": ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_end", "|>", "<|"],
}


def mixture(dice):
    """Two to fourteen pieces from one, two, three or all of the pools."""
    names = dice.sample(sorted(POOLS), dice.pick([1, 2, 2, 3, 3, len(POOLS)]))
    return "".join(dice.pick(POOLS[dice.pick(names)]) for _ in range(dice.between(2, 14)))


def golden_strings(dice, mixed=300):
    """The fixed strings and many mixtures, each once."""
    strings = FIXED + [mixture(dice) for _ in range(mixed)]
    return list(dict.fromkeys(strings))
