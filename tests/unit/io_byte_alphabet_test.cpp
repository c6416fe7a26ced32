#include "lib/io/byte_alphabet.h"

#include <set>

#include "lib/io/describe.h"
#include "lib/io/utf8.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

TEST(ByteAlphabet, WritesKnownBytes) {
  EXPECT_EQ(alphabet_from_bytes(" the\n"), "ĠtheĊ");
  EXPECT_EQ(alphabet_from_bytes("é"), "Ã©");
  EXPECT_EQ(alphabet_from_bytes(std::string("\0\x7f\xa0\xad\xff", 5)), "ĀġłŃÿ");
}

TEST(ByteAlphabet, TurnsBack) {
  std::string all;
  std::set<char32_t> characters;
  for (int byte = 0; byte < 256; ++byte) {
    all.push_back(static_cast<char>(byte));
    characters.insert(alphabet_character(static_cast<std::uint8_t>(byte)));
  }
  EXPECT_EQ(characters.size(), 256u);
  std::string back;
  ASSERT_TRUE(bytes_from_alphabet(alphabet_from_bytes(all), back));
  EXPECT_EQ(back, all);
}

TEST(ByteAlphabet, RefusesOtherCharacters) {
  std::string bytes;
  for (const char* text : {" ", "a b", "\n", "中", "▁the", "\xc4", "\xff", "\u0144", "\u00ad"}) {
    EXPECT_FALSE(bytes_from_alphabet(text, bytes)) << quote(text);
  }
  EXPECT_TRUE(bytes_from_alphabet("", bytes));
  EXPECT_EQ(bytes, "");
}

TEST(Utf8, ReadsEveryCodePoint) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_code_point(text, c);
    const CodePoint got = read_code_point(text, 0);
    ASSERT_EQ(got.value, c);
    ASSERT_EQ(got.size, text.size());
    ASSERT_EQ(read_code_point(text.substr(0, text.size() - 1) + " ", 0).size,
              text.size() == 1 ? 1u : 0u);
  }
}

TEST(Utf8, RefusesWhatTheStandardRefuses) {
  for (const char* text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe4\xb8", "\xff", "ab\x80"}) {
    EXPECT_FALSE(is_all_utf8(text)) << quote(text);
  }
  EXPECT_TRUE(is_all_utf8("aé中😀\u0000"));
}

TEST(Describe, PrintsSafely) {
  EXPECT_EQ(quote("a\tb\x1b\x7f\u0085"), "\"a\\x09b\\x1b\\x7f\\xc2\\x85\"");
  EXPECT_EQ(quote("\xe4\xb8中"), "\"\\xe4\\xb8中\"");
  EXPECT_EQ(quote("中中中", 7), "\"中中...\"");  // cut between characters
  EXPECT_EQ(quote("\x80\x80\x80", 2), "\"...\"");
  EXPECT_EQ(shape_text(std::vector<std::size_t>{2, 3}), "[2, 3]");
}

TEST(Describe, FindsTheNearestName) {
  EXPECT_EQ(nearest_name("blk.1.attn_k.weight", {"blk.0.attn_k.weight", "blk.1.attn_q.bias"}),
            "blk.0.attn_k.weight");
  EXPECT_EQ(nearest_name("abc", {"xyz", "uvw"}), "");
  EXPECT_EQ(nearest_name("abcd", {"abce", "abcf"}), "abce");
}

}  // namespace
}  // namespace tokenwalk
