#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/dice.h"

namespace tokenwalk {

inline bool is_surrogate(char32_t c) {
  return c >= 0xD800 && c < 0xE000;
}

/// A code point in UTF-8.
inline std::string utf8_of(char32_t c) {
  const auto last = [&](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | (c >> 6)), last(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0 | (c >> 12)), last(6), last(0)};
  return {static_cast<char>(0xF0 | (c >> 18)), last(12), last(6), last(0)};
}

/// Any code point that may stand in a text; short encodings as likely as long ones.
inline char32_t random_code_point(Dice& dice) {
  constexpr std::size_t kEnds[] = {0x80, 0x800, 0x10000, 0x110000};
  while (true) {
    const auto c = static_cast<char32_t>(dice.below(kEnds[dice.below(4)]));
    if (!is_surrogate(c)) return c;
  }
}

/// Text made of what splitting into words stumbles over.
inline std::string random_tricky_text(Dice& dice, std::size_t parts) {
  static const std::vector<std::string> kParts = {"a",          "b",
                                                  "Word",       "s",
                                                  "t",          "re",
                                                  "ll",         "S",
                                                  "'",          "'s",
                                                  "'ll",        "'S",
                                                  "’s",         " ",
                                                  " ",          " ",
                                                  "  ",         "\t",
                                                  "\n",         "\r\n",
                                                  "\r",         "1",
                                                  "42",         "٣",
                                                  "五",         "Ⅷ",
                                                  "½",          "²",
                                                  "é",          "e\u0301",
                                                  "ß",          "是",
                                                  "다",         "ʼ",
                                                  "_",          ".",
                                                  "!?",         "-",
                                                  "\u00A0",     "\u3000",
                                                  "\u2028",     "\u0085",
                                                  "\u200B",     "\u200D",
                                                  "\U0001F600", "\U0001F468\u200D\U0001F469",
                                                  "\U0001D7D8", "\U00020000",
                                                  "<|",         "|>",
                                                  "\0x"};
  std::string text;
  for (std::size_t i = 0; i < parts; ++i) text += kParts[dice.below(kParts.size())];
  return text;
}

}  // namespace tokenwalk
