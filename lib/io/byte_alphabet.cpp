#include "lib/io/byte_alphabet.h"

#include <array>

#include "lib/io/utf8.h"

namespace tokenwalk {
namespace {

constexpr char32_t kFirstStandIn = 0x100;
constexpr std::size_t kAlphabetEnd = kFirstStandIn + 68;

constexpr bool stands_for_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char32_t, 256> character{};          // of every byte
  std::array<std::int16_t, kAlphabetEnd> byte{};  // of every character, -1 for none
};

constexpr Alphabet make_alphabet() {
  Alphabet alphabet;
  alphabet.byte.fill(-1);
  char32_t next_stand_in = kFirstStandIn;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char32_t character = stands_for_itself(byte) ? byte : next_stand_in++;
    alphabet.character[byte] = character;
    alphabet.byte[character] = static_cast<std::int16_t>(byte);
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

char32_t alphabet_character(std::uint8_t byte) {
  return kAlphabet.character[byte];
}

std::string alphabet_from_bytes(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    append_code_point(text, alphabet_character(static_cast<std::uint8_t>(byte)));
  }
  return text;
}

bool bytes_from_alphabet(std::string_view text, std::string& bytes) {
  bytes.clear();
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = read_code_point(text, at);
    if (c.size == 0 || c.value >= kAlphabetEnd) return false;
    const int byte = kAlphabet.byte[c.value];
    if (byte < 0) return false;
    bytes.push_back(static_cast<char>(byte));
    at += c.size;
  }
  return true;
}

}  // namespace tokenwalk
