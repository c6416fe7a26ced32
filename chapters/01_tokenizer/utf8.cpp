#include "chapters/01_tokenizer/utf8.h"

namespace tokenwalk {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// What the first byte of a sequence promises.
struct Lead {
  int size;                 // bytes in all, 0 for a byte that starts nothing
  unsigned char low, high;  // range of the second byte
};

// Table 3-7 of the Unicode Standard, "Well-Formed UTF-8 Byte Sequences".
Lead read_lead(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

Utf8Char read_utf8(std::string_view bytes) {
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const Lead lead = read_lead(byte_at(0));
  if (lead.size == 1) return {byte_at(0), 1, true, false};
  if (lead.size == 0) return {0xFFFD, 1, false, false};

  char32_t code_point = byte_at(0) & (0x7F >> lead.size);
  for (std::size_t i = 1; i < static_cast<std::size_t>(lead.size); ++i) {
    if (i == bytes.size()) return {0xFFFD, i, false, true};
    const unsigned char low = i == 1 ? lead.low : 0x80;
    const unsigned char high = i == 1 ? lead.high : 0xBF;
    if (byte_at(i) < low || byte_at(i) > high) return {0xFFFD, i, false, false};
    code_point = (code_point << 6) | (byte_at(i) & 0x3F);
  }
  return {code_point, static_cast<std::size_t>(lead.size), true, false};
}

std::size_t find_invalid_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const Utf8Char c = read_utf8(bytes.substr(i));
    if (!c.valid) return i;
    i += c.size;
  }
  return std::string_view::npos;
}

std::string Utf8Stream::push(std::string_view bytes) {
  held_ += bytes;
  std::string shown;
  std::size_t i = 0;
  while (i < held_.size()) {
    const std::string_view rest = std::string_view(held_).substr(i);
    const Utf8Char c = read_utf8(rest);
    if (c.cut) break;  // the rest of this character may still come
    shown += c.valid ? rest.substr(0, c.size) : kReplacement;
    i += c.size;
  }
  held_.erase(0, i);
  return shown;
}

std::string Utf8Stream::flush() {
  const bool incomplete = !held_.empty();
  held_.clear();
  return incomplete ? std::string(kReplacement) : std::string();
}

std::string to_text(std::string_view bytes) {
  Utf8Stream stream;
  const std::string text = stream.push(bytes);
  return text + stream.flush();
}

}  // namespace tokenwalk
