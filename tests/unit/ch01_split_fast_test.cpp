#define PCRE2_CODE_UNIT_WIDTH 8
#include "chapters/01_tokenizer/split_fast.h"

#include <gtest/gtest.h>
#include <pcre2.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/char_class.h"
#include "chapters/01_tokenizer/split.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Pieces = std::vector<std::string_view>;

// ---- PCRE2, which we did not write -----------------------------------------------------------

// PCRE2's \s takes U+180E along, which has not been white space since Unicode 6.3.
#define SPACES \
  R"(\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000})"
#define WORDS(digits)                                                                            \
  R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|)" digits R"(| ?[^\p{L}\p{N})" SPACES \
  R"(]+[\r\n]*|[)" SPACES R"(]*[\r\n]+|[)" SPACES R"(]+(?![^)" SPACES R"(])|[)" SPACES "]+"

constexpr const char* kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{L}\p{N})" SPACES
                              R"(]+|[)" SPACES R"(]+(?![^)" SPACES R"(])|[)" SPACES "]+";
constexpr const char* kQwen2 = WORDS(R"(\p{N})");
constexpr const char* kLlama3 = WORDS(R"(\p{N}{1,3})");

class Pattern {
 public:
  explicit Pattern(const char* pattern) {
    int error = 0;
    std::size_t where = 0;
    code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED,
                          PCRE2_UTF | PCRE2_UCP, &error, &where, nullptr);
    if (code_ == nullptr) throw std::runtime_error("bad pattern at " + std::to_string(where));
    pcre2_jit_compile(code_, PCRE2_JIT_COMPLETE);
    match_ = pcre2_match_data_create_from_pattern(code_, nullptr);
  }
  ~Pattern() {
    pcre2_match_data_free(match_);
    pcre2_code_free(code_);
  }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  Pieces split(std::string_view text) const {
    Pieces pieces;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = match_at(text, at);
      if (end <= at) throw std::runtime_error("no match at byte " + std::to_string(at));
      pieces.push_back(text.substr(at, end - at));
      at = end;
    }
    return pieces;
  }

  bool matches(std::string_view text) const { return match_at(text, 0) > 0; }

 private:
  // Where the match that begins at `at` ends, 0 if there is none.
  std::size_t match_at(std::string_view text, std::size_t at) const {
    const int count = pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at,
                                  PCRE2_ANCHORED, match_, nullptr);
    return count > 0 ? pcre2_get_ovector_pointer(match_)[1] : 0;
  }

  pcre2_code* code_ = nullptr;
  pcre2_match_data* match_ = nullptr;
};

// ---- texts -----------------------------------------------------------------------------------

// PCRE2 10.42 knows Unicode 14, our table 15.0: a code point that is new in 15 says nothing.
bool is_new(char32_t c) {
  static const Pattern unassigned(R"(\p{Cn})");
  return char_class(c) != CharClass::kOther && unassigned.matches(utf8_of(c));
}

std::string random_pieces(Dice& dice) {
  static const std::vector<std::string> kParts = {
      "'S",   "'T",     "'Re",    "'vE",     "'LL",      "'D",     "'\u017F", "'\u212A", "'r",
      "’s",   "\n",     "\n ",    " \n",     "\r",       "\r\n",   "\n\n",    "123",     "1234567",
      "٣٣٣٣", "½²",     "x",      " ",       "  ",       "    ",   "\t",      "\t\t",    "(a",
      ");",   "!!\n",   " !\r\n", "\u00A0é", "_b",       "\v",     "\f",      "\u0085",  "ａ",
      "０",   "\u180E", "\u200B", "\u1680",  "\u2028\n", "\u0345", "ﬆ"};
  std::string text;
  for (std::size_t n = dice.below(12); n > 0; --n) {
    const double u = dice.uniform();
    if (u < 0.4) text += random_tricky_text(dice, 1);
    if (u >= 0.4 && u < 0.8) text += kParts[dice.below(kParts.size())];
    const char32_t c = random_code_point(dice);
    if (u >= 0.8 && !is_new(c)) text += utf8_of(c);
  }
  return text;
}

void compare(NextPiece next_piece, const Pattern& pattern, std::string_view text,
             Complaints& complaints) {
  const Pieces expected = pattern.split(text), got = split_by(next_piece, text);
  if (got == expected) return;
  complaints.expect(false, testing::PrintToString(text), testing::PrintToString(expected),
                    testing::PrintToString(got));
}

// Every code point that both know, between its neighbours and characters of each kind.
Complaints check_every_code_point(NextPiece next_piece, const char* regex) {
  const Pattern pattern(regex);
  Complaints complaints("split_fast.h");
  std::string text;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c == 0x34000) c = 0xE0000;  // nothing is assigned in between
    if (c == 0xE0200) c = 0x10FF00;
    if (is_surrogate(c) || is_new(c)) continue;
    const std::string s = utf8_of(c);
    text += "x" + s + "1" + s + "!" + s + " " + s + "\n" + s + s + "'" + s;
    if (c % 16 < 15) continue;
    compare(next_piece, pattern, text, complaints);
    text.clear();
  }
  return complaints;
}

Complaints check_random_texts(NextPiece next_piece, const char* regex, int rounds) {
  const Pattern pattern(regex);
  Complaints complaints("split_fast.h");
  Dice dice(61);
  for (int i = 0; i < rounds; ++i) compare(next_piece, pattern, random_pieces(dice), complaints);
  return complaints;
}

// ---- tests -----------------------------------------------------------------------------------

TEST(Ch01SplitFast, EveryCodePointAsPcre2) {
  EXPECT_TRUE(holds(check_every_code_point(next_piece_gpt2, kGpt2)));
  EXPECT_TRUE(holds(check_every_code_point(next_piece_qwen2, kQwen2)));
}

TEST(Ch01SplitFast, RandomTextsAsPcre2) {
  constexpr int kRounds = 30000;
  EXPECT_TRUE(holds(check_random_texts(next_piece_gpt2, kGpt2, kRounds)));
  EXPECT_TRUE(holds(check_random_texts(next_piece_qwen2, kQwen2, kRounds)));
  EXPECT_TRUE(holds(check_random_texts(next_piece_llama3, kLlama3, kRounds)));
}

TEST(Ch01SplitFast, TheTestsTellThePatternsApart) {
  constexpr int kRounds = 300;
  EXPECT_FALSE(holds(check_random_texts(next_piece_gpt2, kQwen2, kRounds)));
  EXPECT_FALSE(holds(check_random_texts(next_piece_qwen2, kLlama3, kRounds)));
  EXPECT_FALSE(holds(check_random_texts(next_piece_llama3, kQwen2, kRounds)));
}

// Whatever the bytes: GPT-2's pieces are the plain splitter's, the others lose nothing.
TEST(Ch01SplitFast, AnyBytes) {
  Dice dice(62);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes;
    for (std::size_t n = dice.below(30); n > 0; --n) {
      bytes += dice.chance(0.5) ? static_cast<char>(dice.below(256)) : "a 1'\n"[dice.below(5)];
    }
    ASSERT_EQ(split_by(next_piece_gpt2, bytes), split_gpt2(bytes)) << testing::PrintToString(bytes);
    for (const NextPiece next_piece : {next_piece_qwen2, next_piece_llama3}) {
      std::string together;
      for (const std::string_view piece : split_by(next_piece, bytes)) together += piece;
      ASSERT_EQ(together, bytes);
    }
  }
}

TEST(Ch01SplitFast, KnowsItsSplitters) {
  EXPECT_EQ(next_piece_of(split_gpt2), next_piece_gpt2);
  EXPECT_EQ(next_piece_of(split_qwen2), next_piece_qwen2);
  EXPECT_EQ(next_piece_of(split_llama3), next_piece_llama3);
  EXPECT_EQ(next_piece_of(split_none), nullptr);
  EXPECT_EQ(next_piece_of([](std::string_view text) { return split_gpt2(text); }), nullptr);
}

// A megabyte of one kind costs a moment, not a minute.
TEST(Ch01SplitFast, LongRunsCostLinearTime) {
  for (const NextPiece next_piece : {next_piece_gpt2, next_piece_qwen2, next_piece_llama3}) {
    for (const std::string part : {"a", " ", "\n", "\u3000", "!", "7", " \n", "' ", "\n a"}) {
      std::string text;
      while (text.size() < 1000000) text += part;
      std::size_t size = 0;
      for (const std::string_view piece : split_by(next_piece, text)) size += piece.size();
      ASSERT_EQ(size, text.size());
    }
  }
}

}  // namespace
}  // namespace tokenwalk
