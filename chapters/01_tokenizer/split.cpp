#include "chapters/01_tokenizer/split.h"

#include "chapters/01_tokenizer/char_class.h"
#include "chapters/01_tokenizer/utf8.h"

namespace tokenwalk {
namespace {

// Length of an English contraction at the start of text, or 0: lower case, straight apostrophe.
std::size_t contraction_size(std::string_view text) {
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
    if (text.substr(0, ending.size()) == ending) return ending.size();
  }
  return 0;
}

// Length in bytes of the characters of one kind at the start of text.
std::size_t run_size(std::string_view text, CharClass kind) {
  std::size_t size = 0;
  while (size < text.size()) {
    const Utf8Char c = read_utf8(text.substr(size));
    if (char_class(c.code_point) != kind) break;
    size += c.size;
  }
  return size;
}

// Length in bytes of the last character of text.
std::size_t last_char_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (text[text.size() - size] & 0xC0) == 0x80) ++size;
  return size;
}

//! [01-next-piece]
// Length in bytes of the first piece of text, which is not empty.
std::size_t next_piece_size(std::string_view text) {
  // BEGIN SOLUTION 01.1
  if (const std::size_t size = contraction_size(text); size > 0) return size;

  // " ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+": one optional blank, then a run of one kind.
  const std::size_t blank = text[0] == ' ' && text.size() > 1 ? 1 : 0;
  const CharClass kind = char_class(read_utf8(text.substr(blank)).code_point);
  if (kind != CharClass::kSpace) return blank + run_size(text.substr(blank), kind);

  // "\s+(?!\S)|\s+": white space, but the last one goes with a word that follows.
  const std::size_t spaces = run_size(text, CharClass::kSpace);
  const std::size_t last = last_char_size(text.substr(0, spaces));
  const bool word_follows = spaces < text.size();
  return word_follows && spaces > last ? spaces - last : spaces;
  // END SOLUTION
}
//! [01-next-piece]

}  // namespace

//! [01-split]
std::vector<std::string_view> split_gpt2(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t size = next_piece_size(text);
    pieces.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return pieces;
}
//! [01-split]

std::vector<std::string_view> split_none(std::string_view text) {
  if (text.empty()) return {};
  return {text};
}

}  // namespace tokenwalk
