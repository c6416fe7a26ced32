#include "lib/io/utf8.h"

namespace tokenwalk {
namespace {

// The smallest code point that needs this many bytes; a smaller one was written too long.
constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};

// Length of the sequence that starts with `lead`; 0 for a byte that starts none.
std::size_t sequence_size(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

}  // namespace

CodePoint read_code_point(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t size = sequence_size(lead);
  if (size == 1) return {lead, 1};
  if (size == 0 || text.size() - at < size) return {};
  // The lead byte of n bytes keeps its low 7 - n bits, every further byte six.
  char32_t code_point = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0u) != 0x80u) return {};
    code_point = (code_point << 6) | (byte & 0x3Fu);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < kSmallest[size] || surrogate || code_point > 0x10FFFF) return {};
  return {code_point, size};
}

bool is_all_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = read_code_point(text, at).size;
    if (size == 0) return false;
    at += size;
  }
  return true;
}

void append_code_point(std::string& text, char32_t code_point) {
  const auto tail = [&](int shift) {
    text.push_back(static_cast<char>(0x80u | ((code_point >> shift) & 0x3Fu)));
  };
  if (code_point < 0x80) {
    text.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text.push_back(static_cast<char>(0xC0u | (code_point >> 6)));
    tail(0);
  } else if (code_point < 0x10000) {
    text.push_back(static_cast<char>(0xE0u | (code_point >> 12)));
    tail(6);
    tail(0);
  } else {
    text.push_back(static_cast<char>(0xF0u | (code_point >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace tokenwalk
