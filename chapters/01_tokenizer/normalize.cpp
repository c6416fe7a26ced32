#include "chapters/01_tokenizer/normalize.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uniset.h>

#include <algorithm>
#include <limits>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/check.h"

namespace tokenwalk {
namespace {

// Every character below U+0300, whose UTF-8 begins with 0xCC, is in normal form whatever follows
// that is below it too.
constexpr unsigned char kFirstLead = 0xCC;

// NFC for the characters of Unicode 9, all others left alone.
const icu::Normalizer2& normalizer() {
  static UErrorCode status = U_ZERO_ERROR;
  static const icu::UnicodeSet known(UNICODE_STRING_SIMPLE("[:age=9.0:]"), status);
  static const icu::FilteredNormalizer2 filtered(*icu::Normalizer2::getNFCInstance(status), known);
  CHECK(U_SUCCESS(status));
  return filtered;
}

// Well-formed text, in parts that ICU's 32-bit lengths hold.
void append_normal(std::string_view text, std::string& out) {
  CHECK_LE(text.size(), static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()));
  UErrorCode status = U_ZERO_ERROR;
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal);
  normalizer().normalizeUTF8(0, {text.data(), static_cast<std::int32_t>(text.size())}, sink,
                             nullptr, status);
  CHECK(U_SUCCESS(status));
  out += normal;
}

}  // namespace

std::string_view nfc(std::string_view text, std::string& storage) {
  const bool is_low = std::all_of(text.begin(), text.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < kFirstLead;
  });
  if (is_low) return text;
  storage.clear();
  while (!text.empty()) {
    const std::size_t good = std::min(find_invalid_utf8(text), text.size());
    append_normal(text.substr(0, good), storage);
    text.remove_prefix(good);
    if (text.empty()) break;
    const std::size_t bad = read_utf8(text).size;
    storage += text.substr(0, bad);
    text.remove_prefix(bad);
  }
  return storage;
}

}  // namespace tokenwalk
