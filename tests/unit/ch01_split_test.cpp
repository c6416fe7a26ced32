#include "chapters/01_tokenizer/split.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/char_class.h"
#include "chapters/01_tokenizer/split_steps.h"
#include "chapters/01_tokenizer/utf8.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Pieces = std::vector<std::string>;

std::string show(const Pieces& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += testing::PrintToString(piece) + " ";
  return text;
}

Pieces pieces_of(Splitter splitter, std::string_view text) {
  Pieces pieces;
  for (const std::string_view piece : splitter(text)) pieces.emplace_back(piece);
  return pieces;
}

// ---- the kinds of character ------------------------------------------------------------------

TEST(Ch01CharClass, LettersNumbersSpacesAndOthers) {
  for (const char32_t c : U"azAZéßʼªΩЯא是あ다ก\U00020000") {
    if (c != 0) {
      EXPECT_EQ(char_class(c), CharClass::kLetter) << std::hex << static_cast<unsigned>(c);
    }
  }
  for (const char32_t c : U"09٣५Ⅷ½²①〇\U0001D7D8") {
    if (c != 0) {
      EXPECT_EQ(char_class(c), CharClass::kNumber) << std::hex << static_cast<unsigned>(c);
    }
  }
  for (const char32_t c : {0x9, 0xA, 0xB, 0xC, 0xD, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x200A,
                           0x2028, 0x2029, 0x202F, 0x205F, 0x3000}) {
    EXPECT_EQ(char_class(c), CharClass::kSpace) << std::hex << static_cast<unsigned>(c);
  }
  // Not white space: zero-width space and joiners, the byte order mark. Not letters: accents alone.
  for (const char32_t c : {0x0, 0x1F, 0x7F, 0x200B, 0x200C, 0x200D, 0xFEFF, 0x180E, 0x301, 0x93F,
                           0x1F600, 0xFFFD, 0xE000, 0xFFFF, 0x10FFFF, 0x378, 0x5F, 0x27, 0x2019}) {
    EXPECT_EQ(char_class(c), CharClass::kOther) << std::hex << static_cast<unsigned>(c);
  }
}

TEST(Ch01CharClass, AsciiIsWhatCSays) {
  for (char32_t c = 0; c < 128; ++c) {
    const int ascii = static_cast<int>(c);
    const CharClass expected = std::isalpha(ascii)   ? CharClass::kLetter
                               : std::isdigit(ascii) ? CharClass::kNumber
                               : std::isspace(ascii) ? CharClass::kSpace
                                                     : CharClass::kOther;
    EXPECT_EQ(char_class(c), expected) << ascii;
  }
}

// Counted in Unicode 15.0's DerivedGeneralCategory.txt (L and N) and PropList.txt (White_Space).
TEST(Ch01CharClass, CountsOfUnicode15) {
  ASSERT_STREQ(kUnicodeVersion, "15.0");
  long count[4] = {};
  for (char32_t c = 0; c < 0x110000; ++c) ++count[static_cast<int>(char_class(c))];
  EXPECT_EQ(count[static_cast<int>(CharClass::kLetter)], 136104);
  EXPECT_EQ(count[static_cast<int>(CharClass::kNumber)], 1831);
  EXPECT_EQ(count[static_cast<int>(CharClass::kSpace)], 25);
}

// ---- the pattern -----------------------------------------------------------------------------

struct SplitCase {
  std::string text;
  Pieces pieces;
};

const std::vector<SplitCase> kCases = {
    {"", {}},
    {"Hello", {"Hello"}},
    {"Hello world", {"Hello", " world"}},
    // a blank goes with the word behind it, further ones stay together
    {"a  b", {"a", " ", " b"}},
    {"a    b", {"a", "   ", " b"}},
    {"   a", {"  ", " a"}},
    {" a", {" a"}},
    {"a ", {"a", " "}},
    {"a   ", {"a", "   "}},
    {" ", {" "}},
    {"   ", {"   "}},
    // only a blank goes with a word: tabs and line ends do not
    {"a\tb", {"a", "\t", "b"}},
    {"a\n\nb", {"a", "\n", "\n", "b"}},
    {"a\n b", {"a", "\n", " b"}},
    {"a \nb", {"a", " ", "\n", "b"}},
    {"a\r\nb", {"a", "\r", "\n", "b"}},
    {"a\r\n\r\n", {"a", "\r\n\r\n"}},
    {"a\u00A0b", {"a", "\u00A0", "b"}},
    {"a \u00A0b", {"a", " ", "\u00A0", "b"}},
    {"a\u00A0 b", {"a", "\u00A0", " b"}},
    {"a\u3000\u3000b", {"a", "\u3000", "\u3000", "b"}},
    // contractions: lower case, straight apostrophe, in this order
    {"it's", {"it", "'s"}},
    {"don't we'll I'm they've you're he'd",
     {"don", "'t", " we", "'ll", " I", "'m", " they", "'ve", " you", "'re", " he", "'d"}},
    {"IT'S", {"IT", "'", "S"}},
    {"it’s", {"it", "’", "s"}},
    {"'sad", {"'s", "ad"}},
    {"'lx 'l", {"'", "lx", " '", "l"}},
    {" 's", {" '", "s"}},  // the blank goes with the apostrophe
    {"''s", {"''", "s"}},
    {"1's", {"1", "'s"}},
    {"!'s", {"!'", "s"}},
    // runs of one kind
    {"abc123", {"abc", "123"}},
    {"a1b2", {"a", "1", "b", "2"}},
    {"x==1.5;", {"x", "==", "1", ".", "5", ";"}},
    {"a_b", {"a", "_", "b"}},
    {" 12 %", {" 12", " %"}},
    {"3½²Ⅷ٣", {"3½²Ⅷ٣"}},
    {"1+1是多少？", {"1", "+", "1", "是多少", "？"}},
    {"日本語 テスト", {"日本語", " テスト"}},
    // an accent of its own is no letter
    {"e\u0301a", {"e", "\u0301", "a"}},
    {"हिन्दी", {"ह", "ि", "न", "्", "द", "ी"}},
    {"a\U0001F600b", {"a", "\U0001F600", "b"}},
    {" \U0001F468\u200D\U0001F469!", {" \U0001F468\u200D\U0001F469!"}},
    {"a\u200Bb", {"a", "\u200B", "b"}},
    {"<|endoftext|>", {"<|", "endoftext", "|>"}},
};

using PlainSplitter = Pieces (*)(std::string_view);

Complaints check_split(PlainSplitter split) {
  Complaints complaints("page 01, exercise 01.1");
  for (const SplitCase& c : kCases) {
    const Pieces got = split(c.text);
    complaints.expect(got == c.pieces, testing::PrintToString(c.text), show(c.pieces), show(got));
  }
  return complaints;
}

Pieces split_right(std::string_view text) {
  return pieces_of(split_gpt2, text);
}

TEST(Ch01Split, FollowsTheGpt2Pattern) {
  EXPECT_TRUE(holds(check_split(split_right)));
}

// Wrong: every run of white space is a piece of its own, so " world" loses its blank.
Pieces split_blanks_apart(std::string_view text) {
  Pieces pieces;
  for (const std::string& piece : split_right(text)) {
    const bool blank_first = piece.size() > 1 && piece[0] == ' ' && piece[1] != ' ';
    if (blank_first) pieces.push_back(" ");
    pieces.push_back(blank_first ? piece.substr(1) : piece);
  }
  return pieces;
}

// Wrong: without the lookahead, all white space before a word is one piece.
Pieces split_without_lookahead(std::string_view text) {
  Pieces pieces;
  for (const std::string& piece : split_right(text)) {
    const bool joins = !pieces.empty() && piece[0] == ' ' && piece.size() > 1 &&
                       pieces.back().find_first_not_of(' ') == std::string::npos;
    if (!joins) {
      pieces.push_back(piece);
      continue;
    }
    pieces.back() += ' ';
    pieces.push_back(piece.substr(1));
  }
  return pieces;
}

TEST(Ch01Split, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_split(split_blanks_apart)));
  EXPECT_FALSE(holds(check_split(split_without_lookahead)));
}

TEST(Ch01Split, NonePassesTheTextThrough) {
  EXPECT_EQ(pieces_of(split_none, ""), Pieces());
  EXPECT_EQ(pieces_of(split_none, "a b  c"), Pieces{"a b  c"});
}

TEST(Ch01Split, SmollmCutsEveryDigitOff) {
  const Splitter split_smollm = splitter_of(named_split("smollm"));
  EXPECT_EQ(pieces_of(split_smollm, "a12 b"), (Pieces{"a", "1", "2", " b"}));
  EXPECT_EQ(pieces_of(split_smollm, "12"), (Pieces{"1", "2"}));
  EXPECT_EQ(pieces_of(split_smollm, " 1"), (Pieces{" ", "1"}));
  EXPECT_EQ(pieces_of(split_smollm, "x²½٣y's"), (Pieces{"x", "²", "½", "٣", "y", "'s"}));
  EXPECT_EQ(pieces_of(split_smollm, ""), Pieces());
}

// ---- the pattern as a regular expression engine would run it ---------------------------------

struct Matcher {
  std::u32string text;

  CharClass kind(std::size_t i) const { return char_class(text[i]); }

  std::size_t run(std::size_t from, CharClass wanted) const {
    std::size_t to = from;
    while (to < text.size() && kind(to) == wanted) ++to;
    return to - from;
  }

  // Length of the first alternative that matches at `from`, tried in the pattern's order.
  std::size_t match(std::size_t from) const {
    for (const std::u32string_view ending : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
      if (text.compare(from, ending.size(), ending) == 0) return ending.size();
    }
    for (const CharClass wanted : {CharClass::kLetter, CharClass::kNumber, CharClass::kOther}) {
      if (text[from] == U' ' && run(from + 1, wanted) > 0) return 1 + run(from + 1, wanted);
      if (run(from, wanted) > 0) return run(from, wanted);
    }
    const std::size_t spaces = run(from, CharClass::kSpace);
    for (std::size_t n = spaces; n > 0; --n) {  // \s+(?!\S) gives back one by one
      if (from + n == text.size() || kind(from + n) == CharClass::kSpace) return n;
    }
    return spaces;  // \s+
  }
};

std::u32string code_points(std::string_view text) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size(); i += read_utf8(text.substr(i)).size) {
    result += read_utf8(text.substr(i)).code_point;
  }
  return result;
}

Pieces split_by_matcher(std::string_view text) {
  const Matcher matcher{code_points(text)};
  Pieces pieces;
  for (std::size_t i = 0; i < matcher.text.size();) {
    const std::size_t n = matcher.match(i);
    pieces.emplace_back();
    for (std::size_t k = i; k < i + n; ++k) pieces.back() += utf8_of(matcher.text[k]);
    i += n;
  }
  return pieces;
}

TEST(Ch01Split, AgreesWithAPatternMatcher) {
  EXPECT_TRUE(holds(check_split(split_by_matcher)));
  Dice dice(21);
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random_tricky_text(dice, dice.below(12));
    ASSERT_EQ(split_right(text), split_by_matcher(text)) << testing::PrintToString(text);
  }
}

TEST(Ch01Split, PiecesAreTheWholeTextWhateverTheBytes) {
  Dice dice(22);
  for (int round = 0; round < 5000; ++round) {
    std::string bytes;
    for (std::size_t n = dice.below(30); n > 0; --n) bytes += static_cast<char>(dice.below(256));
    for (const Splitter& splitter : {Splitter(split_gpt2), Splitter(split_none)}) {
      std::string together;
      for (const std::string_view piece : splitter(bytes)) {
        ASSERT_FALSE(piece.empty());
        together += piece;
      }
      ASSERT_EQ(together, bytes);
    }
  }
}

}  // namespace
}  // namespace tokenwalk
