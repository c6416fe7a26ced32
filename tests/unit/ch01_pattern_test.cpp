// Patterns, and the cutting of text by them.

#include "chapters/01_tokenizer/pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/char_class.h"
#include "chapters/01_tokenizer/pattern_dialect.h"
#include "chapters/01_tokenizer/split_steps.h"
#include "lib/base/error.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"

namespace tokenwalk {
namespace {

using Pieces = std::vector<std::string>;

Pieces found_by(const std::string& pattern, std::string_view text) {
  Pieces pieces;
  for (const Span span : Pattern(pattern).find_all(text)) {
    pieces.emplace_back(text.substr(span.begin, span.end - span.begin));
  }
  return pieces;
}

Pieces cut_by(const Splitter& splitter, std::string_view text) {
  Pieces pieces;
  for (const std::string_view piece : splitter(text)) pieces.emplace_back(piece);
  return pieces;
}

// The words of the error that an action throws.
std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadValue);
    return error.parts().message + " | " + error.parts().found;
  }
  return "no error";
}

// ---- patterns --------------------------------------------------------------------------------

TEST(Ch01Pattern, ClassesAreThoseOfTheTable) {
  const Pattern letter("\\p{L}"), number("\\p{N}"), space("\\s"), other("[^\\s\\p{L}\\p{N}]");
  const Pattern no_space("[\\S]");
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (is_surrogate(c)) continue;
    const std::string text = utf8_of(c);
    const CharClass kind = char_class(c);
    // The distribution's table is of Unicode 15, PCRE2's may be older: skip what it does not know.
    if (kind == CharClass::kLetter && letter.find_all(text).empty()) {
      ASSERT_FALSE(other.find_all(text).empty()) << std::hex << static_cast<unsigned>(c);
      continue;
    }
    if (kind == CharClass::kNumber && number.find_all(text).empty()) continue;
    ASSERT_EQ(letter.find_all(text).size(), kind == CharClass::kLetter ? 1u : 0u) << unsigned(c);
    ASSERT_EQ(number.find_all(text).size(), kind == CharClass::kNumber ? 1u : 0u) << unsigned(c);
    ASSERT_EQ(space.find_all(text).size(), kind == CharClass::kSpace ? 1u : 0u) << unsigned(c);
    ASSERT_EQ(no_space.find_all(text).size(), kind == CharClass::kSpace ? 0u : 1u) << unsigned(c);
    ASSERT_EQ(other.find_all(text).size(), kind == CharClass::kOther ? 1u : 0u) << unsigned(c);
  }
}

TEST(Ch01Pattern, RewritesWhatOnigurumaMeansDifferently) {
  EXPECT_EQ(pcre2_dialect(R"(a\s[^\S\p{L}]\.)"), R"(a\p{White_Space}[^\P{White_Space}\p{L}]\.)");
  EXPECT_EQ(pcre2_dialect(R"(\u0041\v\p{Han}\p{^Latin}\P{Lu}\pL)"),
            R"(\x{0041}\x{b}\p{sc:Han}\p{^sc:Latin}\P{Lu}\pL)");
  EXPECT_EQ(found_by("\\s+", "a \xE1\xA0\x8E b"), (Pieces{" ", " "})) << "U+180E is no white space";
  EXPECT_EQ(found_by("\\w+", "a_b-\u0301-½⅓Ⓐ"), (Pieces{"a_b", "\u0301", "½", "Ⓐ"}));
  EXPECT_EQ(found_by("\\bx", "x yx x"), (Pieces{"x", "x"}));
  EXPECT_EQ(found_by("\\Bx", "x yx x"), Pieces{"x"});
  EXPECT_EQ(found_by("\\v", "\n\x0B"), Pieces{"\x0B"});
  EXPECT_EQ(found_by("^b$", "a\nb\nc"), Pieces{"b"});
  EXPECT_EQ(found_by("(?i:'s|k)", "'S'ſK\u212A"), (Pieces{"'S", "'ſ", "K", "\u212A"}));
  EXPECT_EQ(found_by("[]a]", "]ab"), (Pieces{"]", "a"}));
}

TEST(Ch01Pattern, NamesWhatItDoesNotSupport) {
  for (const std::string part : {"(*UTF)", "(?m)", "(?<a>\\R)", "\\X", "\\h", "\\Kx", "\\G", "\\N",
                                 "[[:alpha:]]", "[a[b]]", "[a&&b]", "a{,3}", "a{1,2}+", "[\\b]"}) {
    const std::string said = error_of([&] { Pattern pattern(part); });
    EXPECT_NE(said.find("is not supported | "), std::string::npos) << part << ": " << said;
  }
  EXPECT_NE(error_of([] { Pattern pattern("ab(c"); }).find("at offset 4"), std::string::npos);
  EXPECT_NE(error_of([] { Pattern pattern("\\s*(?"); }).find("at offset 5"), std::string::npos)
      << "offsets are those of the expression as it was given";
  EXPECT_NE(error_of([] { Pattern pattern("\\C"); }).find("\\C"), std::string::npos);
  EXPECT_NE(error_of([] { Pattern pattern("\\p{Klingon}"); }).find("unknown property"),
            std::string::npos);
}

TEST(Ch01Pattern, EmptyMatchesAreThoseOfOnigurumasScan) {
  const auto spans = [](const std::string& pattern, const std::string& text) {
    std::vector<std::pair<std::size_t, std::size_t>> list;
    for (const Span s : Pattern(pattern).find_all(text)) list.emplace_back(s.begin, s.end);
    return list;
  };
  using List = std::vector<std::pair<std::size_t, std::size_t>>;
  EXPECT_EQ(spans("b*", "abc"), (List{{0, 0}, {1, 2}, {3, 3}}));
  EXPECT_EQ(spans("", "é"), (List{{0, 0}, {2, 2}}));
  EXPECT_EQ(spans("x", ""), List());
}

TEST(Ch01Pattern, IllFormedBytesAreCharactersOfNoKind) {
  const std::string text = "a\xFF\xE1\x80 \xF0\x9F\x98z\xC3";
  EXPECT_EQ(found_by("\\p{L}+|[^\\s\\p{L}\\p{N}]+", text),
            (Pieces{"a", "\xFF\xE1\x80", "\xF0\x9F\x98", "z", "\xC3"}));
}

// A pattern that would try more ways than there are atoms gives up, and says so.
TEST(Ch01Pattern, GivesUpInsteadOfHanging) {
  const std::string text = std::string(200, 'a') + "b";
  for (const char* pattern : {"(a+)+$", "(a|aa)+$", "(?:a?){60}a{60}c", "(\\w+\\s?)*,"}) {
    const auto start = std::chrono::steady_clock::now();
    const std::string said = error_of([&] { Pattern(pattern).find_all(text); });
    EXPECT_TRUE(said == "no error" || said.find("gives up") != std::string::npos) << said;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << pattern;
  }
  EXPECT_NE(error_of([&] { Pattern("(a+)+$").find_all(text); }).find("gives up"),
            std::string::npos);
}

// A megabyte of one kind: each pattern passes it in one go (quadratic cost would take hours).
TEST(Ch01Pattern, CostIsLinearInOneLongWord) {
  for (const char* name : {"gpt2", "smollm", "qwen2", "llama3"}) {
    const Splitter splitter = splitter_of(named_split(name));
    for (const std::string unit : {"a", "7", " ", "\n", "-", "是", "'", "\r\n", " \n", "\u0301"}) {
      std::string text;
      while (text.size() < 1000000) text += unit;
      text += "x";
      std::size_t total = 0;
      for (const std::string_view piece : splitter(text)) total += piece.size();
      EXPECT_EQ(total, text.size()) << name << " " << unit;
    }
  }
}

// The splitter written by hand against PCRE2, on code points that both know.
TEST(Ch01Pattern, Gpt2SplitterEqualsItsPattern) {
  const Splitter by_pattern = splitter_of(steps_of_pattern(
      R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"));
  const Pattern unassigned("\\p{Cn}");
  Dice dice(31);
  int compared = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = random_tricky_text(dice, dice.below(10));
    for (std::size_t n = dice.below(3); n > 0; --n) text += utf8_of(random_code_point(dice));
    if (!unassigned.find_all(text).empty()) continue;
    ++compared;
    ASSERT_EQ(cut_by(split_gpt2, text), cut_by(by_pattern, text)) << testing::PrintToString(text);
  }
  EXPECT_GT(compared, 8000);
}

// ---- steps -----------------------------------------------------------------------------------

TEST(Ch01SplitSteps, BehaviorsOfTheDocumentation) {
  const auto pieces = [](SplitBehavior behavior, bool invert = false) {
    return cut_by(splitter_of({{SplitStep::Kind::kText, "-", behavior, invert}}),
                  "the-final--countdown");
  };
  EXPECT_EQ(pieces(SplitBehavior::kRemoved), (Pieces{"the", "final", "countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::kIsolated), (Pieces{"the", "-", "final", "-", "-", "countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::kMergedWithPrevious),
            (Pieces{"the-", "final-", "-", "countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::kMergedWithNext), (Pieces{"the", "-final", "-", "-countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::kContiguous), (Pieces{"the", "-", "final", "--", "countdown"}));
  EXPECT_EQ(pieces(SplitBehavior::kRemoved, true), (Pieces{"-", "-", "-"}));
}

TEST(Ch01SplitSteps, EachStepCutsThePiecesOfTheOneBefore) {
  std::vector<SplitStep> steps = named_split("smollm");
  steps.insert(steps.begin() + 1,
               {SplitStep::Kind::kPrefixSpace, "", SplitBehavior::kIsolated, false});
  Pieces pieces;
  SplitSteps(steps).cut("a b1", [&](std::string_view piece) { pieces.emplace_back(piece); });
  EXPECT_EQ(pieces, (Pieces{" a", " b", " 1"}));
}

TEST(Ch01SplitSteps, PatternsByName) {
  EXPECT_EQ(cut_by(splitter_of(steps_of_pattern("qwen")), "I'M 1234"),
            (Pieces{"I", "'M", " ", "1", "2", "3", "4"}));
  EXPECT_EQ(cut_by(splitter_of(steps_of_pattern("llama3")), "I'M 1234"),
            (Pieces{"I", "'M", " ", "123", "4"}));
  EXPECT_EQ(cut_by(splitter_of(steps_of_pattern("gpt2")), "I'm 1234"),
            (Pieces{"I", "'m", " 1234"}));
  EXPECT_EQ(cut_by(splitter_of(steps_of_pattern("none")), "I'm 1"), Pieces{"I'm 1"});
  EXPECT_EQ(cut_by(splitter_of(steps_of_pattern("[0-9]")), "a12b"), (Pieces{"a", "1", "2", "b"}));
}

TEST(Ch01SplitSteps, PiecesAreTheWholeTextWhateverTheBytes) {
  Dice dice(32);
  for (const char* name : {"smollm", "qwen2", "llama3"}) {
    const Splitter splitter = splitter_of(named_split(name));
    for (int round = 0; round < 2000; ++round) {
      std::string bytes, together;
      for (std::size_t n = dice.below(30); n > 0; --n) bytes += static_cast<char>(dice.below(256));
      for (const std::string_view piece : splitter(bytes)) together += piece;
      ASSERT_EQ(together, bytes);
    }
  }
}

}  // namespace
}  // namespace tokenwalk
