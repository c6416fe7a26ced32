#pragma once

namespace tokenwalk {

/// The four kinds of character that the GPT-2 pattern tells apart.
enum class CharClass {
  kLetter,  ///< Unicode general category L*: \p{L}
  kNumber,  ///< Unicode general category N*: \p{N}
  kSpace,   ///< Unicode property White_Space: \s
  kOther,
};

/// The kind of a code point, by the Unicode Character Database version kUnicodeVersion.
CharClass char_class(char32_t code_point);

/// Version of the tables, made by tools/make_char_table.
extern const char* const kUnicodeVersion;

}  // namespace tokenwalk
