#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tokenwalk {

// Strict reading for files: anything else is an error there. Chapter 01 has a decoder of its own,
// which students read and which says how much of ill-formed bytes becomes one U+FFFD; lib includes
// no chapter, so the two stand side by side.

/// One character read from UTF-8 text.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;  ///< bytes it takes, 1 to 4; 0 where the bytes are not UTF-8
};

/// The character whose first byte is text[at], at < text.size(). Strict: overlong forms,
/// surrogates, values above U+10FFFF and cut sequences have size 0. Source: the Unicode Standard,
/// table 3-7.
CodePoint read_code_point(std::string_view text, std::size_t at);

/// True if all of `text` is UTF-8.
bool is_all_utf8(std::string_view text);

/// Appends `code_point` (below U+110000, no surrogate) to `text`, 1 to 4 bytes.
void append_code_point(std::string& text, char32_t code_point);

}  // namespace tokenwalk
