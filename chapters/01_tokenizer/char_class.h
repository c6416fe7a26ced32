#pragma once

#include <span>

namespace tokenwalk {

/// The four kinds of character that the GPT-2 pattern tells apart.
enum class CharClass {
  kLetter,  ///< Unicode general category L*: `\p{L}`
  kNumber,  ///< Unicode general category N*: `\p{N}`
  kSpace,   ///< Unicode property White_Space: `\s`
  kOther,
};

/// The kind of a code point, by the Unicode Character Database version kUnicodeVersion.
CharClass char_class(char32_t code_point);

/// Code points of one kind, first to last, both included.
struct CharRange {
  char32_t first, last;
  CharClass kind;
};

/// All letters, numbers and white space, sorted; what lies in no range is kOther.
std::span<const CharRange> char_ranges();

/// Version of the tables, made by tools/make_char_table.
extern const char* const kUnicodeVersion;

}  // namespace tokenwalk
