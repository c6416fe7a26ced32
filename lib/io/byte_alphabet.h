#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tokenwalk {

/// GPT-2's alphabet: one printable character for each of the 256 bytes, so that files can write any
/// byte string as text. The bytes '!' to '~', 0xA1 to 0xAC and 0xAE to 0xFF stand for themselves
/// (as Latin-1 characters); the other 68, in ascending order, are U+0100, U+0101, ... A space is
/// written "Ġ" (U+0120), a newline "Ċ" (U+010A).
/// Source: bytes_to_unicode in encoder.py of openai/gpt-2.
char32_t alphabet_character(std::uint8_t byte);

/// The text that stands for a byte string.
std::string alphabet_from_bytes(std::string_view bytes);

/// The byte string that a text stands for. False if the text is not UTF-8 or has a character
/// outside the alphabet; `bytes` is then not to be used.
bool bytes_from_alphabet(std::string_view text, std::string& bytes);

}  // namespace tokenwalk
