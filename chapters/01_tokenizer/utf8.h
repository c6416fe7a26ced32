#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tokenwalk {

/// One code point read from UTF-8 bytes.
struct Utf8Char {
  char32_t code_point;  ///< U+FFFD where the bytes are ill-formed
  std::size_t size;     ///< bytes it takes, at least 1
  bool valid;           ///< false: ill-formed; `size` is then its maximal ill-formed part
  bool cut;             ///< true: ill-formed only because the text ends too early
};

/// Reads the code point that starts at bytes[0]. `bytes` must not be empty.
/// Ill-formed input follows the Unicode Standard, section 3.9, "U+FFFD substitution of maximal
/// subparts": the longest start of a well-formed sequence counts as one part.
Utf8Char read_utf8(std::string_view bytes);

/// Offset of the first ill-formed byte, or npos if all of `bytes` is UTF-8.
std::size_t find_invalid_utf8(std::string_view bytes);

/// Turns bytes into text piece by piece: incomplete characters are held back until their last byte
/// has come, ill-formed parts become U+FFFD. The pieces and the flush together are the whole text.
class Utf8Stream {
 public:
  /// Adds bytes; returns what may be shown after them.
  std::string push(std::string_view bytes);

  /// Ends the stream: bytes still held back become one U+FFFD.
  std::string flush();

 private:
  std::string held_;
};

/// All of `bytes` as text, one U+FFFD for each maximal ill-formed part.
std::string to_text(std::string_view bytes);

}  // namespace tokenwalk
