#pragma once

#include <string>
#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "chapters/08_stopping_and_streaming/known_wrong.h"
#include "tests/property/ch07_text.h"
#include "tests/support/dice.h"

namespace tokenwalk {

/// What a stop string does to a whole text.
struct Stopped {
  std::string text;     // before the match, or all of it
  std::string matched;  // "": none
};

/// By looking at every end and every stop string.
Stopped stop_by_search(const std::string& text, const Texts& stop);

/// How many bytes at the end of a text without a match are a proper prefix of a stop string.
std::size_t held_by_search(const std::string& text, const Texts& stop);

/// What a stream of bytes shows after each token and at the end, by search from the start for each.
Texts pieces_by_search(const Texts& tokens, const Texts& stop);

/// Pieces between bars, bytes that are not ASCII in hexadecimal: for messages.
std::string show_pieces(const Texts& pieces);

/// A text in tokens and stop strings over the same few bytes, so that matches are frequent.
struct StreamCase {
  Texts tokens;
  Texts stop;
};
StreamCase draw_stream_case(std::uint64_t seed);

/// 60 tokens: words of a and b, parts of characters, and two control tokens: 58, 59.
PublishedTokenizer small_tokenizer();
inline constexpr int kControl = 59;

}  // namespace tokenwalk
