#include "lib/io/describe.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <utility>

#include "lib/io/utf8.h"

namespace tokenwalk {
namespace {

// Names longer than this are not compared: the cost grows with the product of two lengths.
constexpr std::size_t kLongestCompared = 200;
constexpr std::size_t kMostCompared = 20000;

std::string hex_escape(unsigned char byte) {
  char text[5];
  std::snprintf(text, sizeof text, "\\x%02x", byte);
  return text;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

// Levenshtein's distance, one row of his table at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = read_code_point(text, at);
    const std::size_t size = std::max<std::size_t>(c.size, 1);
    const std::string_view bytes = text.substr(at, size);
    if (c.size == 0 || is_control(c.value)) {
      for (const char byte : bytes) result += hex_escape(static_cast<unsigned char>(byte));
    } else {
      result += bytes;
    }
    at += size;
  }
  return result;
}

std::string quote(std::string_view text, std::size_t limit) {
  // Cut between characters: a byte 10xxxxxx continues one.
  std::size_t end = std::min(text.size(), limit);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) {
    --end;
  }
  std::string quoted = "\"";
  quoted += printable(text.substr(0, end));
  return quoted + (end < text.size() ? "...\"" : "\"");
}

std::string shape_text(std::span<const std::size_t> shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

std::string nearest_name(std::string_view wanted, const std::vector<std::string_view>& names) {
  if (wanted.size() > kLongestCompared || names.size() > kMostCompared) return "";
  std::string_view best;
  std::size_t best_distance = wanted.size() / 3 + 1;
  for (const std::string_view name : names) {
    if (name.size() > kLongestCompared) continue;
    const std::size_t distance = edit_distance(wanted, name);
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return std::string(best);
}

void throw_bad_file(std::string message, std::string found, std::string expected,
                    std::string hint) {
  throw Error(ErrorCode::kBadFile,
              {std::move(message), std::move(found), std::move(expected), std::move(hint)});
}

}  // namespace tokenwalk
