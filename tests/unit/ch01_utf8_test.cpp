#include "chapters/01_tokenizer/utf8.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/dice.h"
#include "tests/unit/code_points.h"

namespace tokenwalk {
namespace {

constexpr std::string_view kShown = "\xEF\xBF\xBD";  // U+FFFD

std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

std::string replacements(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += kShown;
  return text;
}

std::string hex(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits += "0123456789ABCDEF"[(byte >> 4) & 15];
    digits += "0123456789ABCDEF"[byte & 15];
    digits += ' ';
  }
  return digits;
}

// ---- the Unicode Standard's examples ---------------------------------------------------------

TEST(Ch01Utf8, NonShortestFormsOfTheStandard) {  // table 3-8
  EXPECT_EQ(to_text(bytes_of({0xC0, 0xAF, 0xE0, 0x80, 0xBF, 0xF0, 0x81, 0x82, 0x41})),
            replacements(8) + "A");
}

TEST(Ch01Utf8, SurrogatesOfTheStandard) {  // table 3-9
  EXPECT_EQ(to_text(bytes_of({0xED, 0xA0, 0x80, 0xED, 0xBF, 0xBF, 0xED, 0xAF, 0x41})),
            replacements(8) + "A");
}

TEST(Ch01Utf8, OtherIllFormedSequencesOfTheStandard) {  // table 3-10
  EXPECT_EQ(to_text(bytes_of({0xF4, 0x91, 0x92, 0x93, 0xFF, 0x41, 0x80, 0xBF, 0x42})),
            replacements(5) + "A" + replacements(2) + "B");
}

TEST(Ch01Utf8, TruncatedSequencesOfTheStandard) {  // table 3-11
  EXPECT_EQ(to_text(bytes_of({0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41})),
            replacements(4) + "A");
}

// ---- every code point ------------------------------------------------------------------------

TEST(Ch01Utf8, ReadsEveryCodePoint) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (is_surrogate(c)) continue;
    const std::string bytes = utf8_of(c) + "x";
    const Utf8Char read = read_utf8(bytes);
    ASSERT_TRUE(read.valid) << hex(bytes);
    ASSERT_FALSE(read.cut) << hex(bytes);
    ASSERT_EQ(read.code_point, c);
    ASSERT_EQ(read.size, bytes.size() - 1);
  }
}

// ---- an independent way to read --------------------------------------------------------------

// The code point that exactly these bytes encode, found by taking the bits out and encoding again.
std::optional<char32_t> whole_char(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  char32_t c = byte(0);
  if (bytes.size() == 2) c &= 0x1F;
  if (bytes.size() == 3) c &= 0x0F;
  if (bytes.size() == 4) c &= 0x07;
  for (std::size_t i = 1; i < bytes.size(); ++i) c = (c << 6) | (byte(i) & 0x3F);
  if (c >= 0x110000 || is_surrogate(c) || utf8_of(c) != bytes) return std::nullopt;
  return c;
}

// Whether some character begins with these bytes: try the ends of what may follow.
bool begins_char(std::string bytes) {
  if (whole_char(bytes)) return true;
  if (bytes.size() == 4) return false;
  return begins_char(bytes + '\x80') || begins_char(bytes + '\xBF');
}

Utf8Char read_slowly(std::string_view bytes) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(4, bytes.size()); ++size) {
    if (const auto c = whole_char(bytes.substr(0, size))) return {*c, size, true, false};
  }
  std::size_t part = 1;  // the longest beginning of a character
  while (part < bytes.size() && begins_char(std::string(bytes.substr(0, part + 1)))) ++part;
  const bool begun = begins_char(std::string(bytes.substr(0, part)));
  return {0xFFFD, part, false, begun && part == bytes.size()};
}

// All sequences of one to four of the bytes at which something changes.
TEST(Ch01Utf8, IllFormedPartsAreMaximal) {
  const std::string edges =
      bytes_of({0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
                0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF});
  std::vector<std::string> sequences = {""};
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    if (sequences[i].size() == 4) continue;
    for (const char edge : edges) sequences.push_back(sequences[i] + edge);
  }
  for (const std::string& bytes : sequences) {
    if (bytes.empty()) continue;
    const Utf8Char got = read_utf8(bytes), expected = read_slowly(bytes);
    ASSERT_EQ(got.valid, expected.valid) << hex(bytes);
    ASSERT_EQ(got.size, expected.size) << hex(bytes);
    ASSERT_EQ(got.code_point, expected.code_point) << hex(bytes);
    ASSERT_EQ(got.cut, expected.cut) << hex(bytes);
  }
}

TEST(Ch01Utf8, FindsTheFirstIllFormedByte) {
  EXPECT_EQ(find_invalid_utf8(""), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("1+1是多少？\xF0\x9F\x98\x80"), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("abc\xFF"), 3u);
  EXPECT_EQ(find_invalid_utf8("是\xE6\x98"), 3u);  // cut off
  EXPECT_EQ(find_invalid_utf8("\x80"), 0u);
  EXPECT_EQ(find_invalid_utf8(std::string_view("a\0b", 3)), std::string_view::npos);
}

// ---- the stream ------------------------------------------------------------------------------

TEST(Ch01Utf8Stream, ShowsACharacterWithItsLastByte) {
  Utf8Stream stream;
  EXPECT_EQ(stream.push("a\xE6"), "a");
  EXPECT_EQ(stream.push("\x98"), "");
  EXPECT_EQ(stream.push("\xAF"), "是");
  EXPECT_EQ(stream.push(""), "");
  EXPECT_EQ(stream.push("b"), "b");
  EXPECT_EQ(stream.flush(), "");
}

TEST(Ch01Utf8Stream, IllFormedBytesAreShownAsSoonAsTheyAreKnown) {
  Utf8Stream stream;
  EXPECT_EQ(stream.push("\xE1\x80"), "");  // may become a character
  EXPECT_EQ(stream.push("\xE2"), kShown);  // now the first two cannot
  EXPECT_EQ(stream.push("A"), replacements(1) + "A");
  EXPECT_EQ(stream.push("\xFF"), kShown);               // starts nothing
  EXPECT_EQ(stream.push("\xED\xA0"), replacements(2));  // half a surrogate
}

TEST(Ch01Utf8Stream, FlushShowsWhatIsHeldAndStartsAfresh) {
  Utf8Stream stream;
  EXPECT_EQ(stream.flush(), "");
  EXPECT_EQ(stream.push("\xF0\x9F\x98"), "");
  EXPECT_EQ(stream.flush(), kShown);
  EXPECT_EQ(stream.flush(), "");
  EXPECT_EQ(stream.push("\x80"), kShown);  // not the fourth byte of the character flushed
}

// Bytes that are text here and there.
std::string random_bytes(Dice& dice, std::size_t parts) {
  std::string bytes;
  for (std::size_t i = 0; i < parts; ++i) {
    if (dice.chance(0.5)) {
      bytes += utf8_of(random_code_point(dice));
    } else if (dice.chance(0.5)) {
      bytes += static_cast<char>(dice.below(256));
    } else {
      const std::string cut = utf8_of(random_code_point(dice));
      bytes += cut.substr(0, dice.below(cut.size() + 1));
    }
  }
  return bytes;
}

TEST(Ch01Utf8Stream, PiecesAreTheWholeTextHoweverItIsCut) {
  Dice dice(11);
  for (int round = 0; round < 3000; ++round) {
    const std::string bytes = random_bytes(dice, dice.below(20));
    Utf8Stream stream;
    std::string text;
    for (std::size_t i = 0; i < bytes.size();) {
      const std::size_t n = std::min(dice.between(0, 5), bytes.size() - i);
      const std::string piece = stream.push(std::string_view(bytes).substr(i, n));
      ASSERT_EQ(find_invalid_utf8(piece), std::string_view::npos) << hex(piece);
      text += piece;
      i += n;
    }
    text += stream.flush();
    ASSERT_EQ(text, to_text(bytes)) << hex(bytes);
  }
}

TEST(Ch01Utf8Stream, HoldsBackOnlyABegunCharacter) {
  Dice dice(12);
  for (int round = 0; round < 3000; ++round) {
    const std::string bytes = random_bytes(dice, dice.below(6));
    Utf8Stream stream;
    const std::string shown = stream.push(bytes);
    std::size_t begun = 0;  // bytes at the end that may still become a character
    for (std::size_t n = 1; n <= std::min<std::size_t>(3, bytes.size()); ++n) {
      const std::string end = bytes.substr(bytes.size() - n);
      if (!whole_char(end) && read_slowly(end).cut) begun = n;
    }
    ASSERT_EQ(shown, to_text(bytes.substr(0, bytes.size() - begun))) << hex(bytes);
    ASSERT_EQ(stream.flush(), begun > 0 ? kShown : "") << hex(bytes);
  }
}

TEST(Ch01Utf8, TextStaysAsItIs) {
  Dice dice(13);
  for (int round = 0; round < 1000; ++round) {
    std::string text;
    for (std::size_t i = 0; i < 20; ++i) text += utf8_of(random_code_point(dice));
    ASSERT_EQ(to_text(text), text);
  }
}

}  // namespace
}  // namespace tokenwalk
