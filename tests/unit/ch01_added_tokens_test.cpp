// Normal form, and the tokens that are found before and after it.

#include "chapters/01_tokenizer/added_tokens.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chapters/01_tokenizer/normalize.h"

namespace tokenwalk {
namespace {

// ---- normal form -----------------------------------------------------------------------------

std::string normal(std::string_view text) {
  std::string storage;
  return std::string(nfc(text, storage));
}

TEST(Ch01Normalize, ComposesAndOrders) {
  EXPECT_EQ(normal("e\u0301"), "é");
  EXPECT_EQ(normal("\u1100\u1161\u11A8"), "각");
  EXPECT_EQ(normal("\u212B"), "Å");
  EXPECT_EQ(normal("a\u0301\u0323"), "ạ\u0301");
  EXPECT_EQ(normal("plain é text"), "plain é text");
  EXPECT_EQ(normal(""), "");
}

// Marks and compositions later than Unicode 9, which Hugging Face's tables lack.
TEST(Ch01Normalize, LeavesLaterCharactersWhereTheyAre) {
  for (const std::string text : {"a\u1DFA\u0327", "a\u0898\u0327", "\U00011935\U00011930"}) {
    EXPECT_EQ(normal(text), text);
  }
}

TEST(Ch01Normalize, KeepsIllFormedBytes) {
  EXPECT_EQ(normal("\xFF"
                   "e\u0301\xE1\x80"
                   "e\u0301\xC3"),
            "\xFF"
            "é\xE1\x80"
            "é\xC3");
  EXPECT_EQ(normal("e\xFF\u0301"), "e\xFF\u0301") << "nothing joins across an ill-formed byte";
}

// ---- added tokens ----------------------------------------------------------------------------

AddedToken token(const std::string& text, int id) {
  AddedToken added;
  added.text = text;
  added.id = id;
  return added;
}

std::string cut_text(const std::vector<AddedToken>& tokens, std::string_view text) {
  std::string shown;
  for (const AddedPart& part : AddedTokens(tokens).cut(text)) {
    shown +=
        "[" + (part.id >= 0 ? std::to_string(part.id) + ":" : "") + std::string(part.text) + "]";
  }
  return shown;
}

TEST(Ch01AddedTokens, TheLongestAtTheFirstPlace) {
  const std::vector<AddedToken> tokens = {token("ab", 1), token("abc", 2), token("bcd", 3),
                                          token("abcde", 4)};
  EXPECT_EQ(cut_text(tokens, "xabcdabcdey"), "[x][2:abc][d][4:abcde][y]");
  EXPECT_EQ(cut_text(tokens, "aababcd"), "[a][1:ab][2:abc][d]");
  EXPECT_EQ(cut_text(tokens, ""), "");
  EXPECT_EQ(cut_text({}, "abc"), "[abc]");
}

TEST(Ch01AddedTokens, TakeWhiteSpaceAlong) {
  AddedToken left = token("<", 1), right = token(">", 2);
  left.lstrip = true;
  right.rstrip = true;
  EXPECT_EQ(cut_text({left, right}, "a \u3000< b > \n< c"),
            "[a][1: \u3000<][ b ][2:> \n][1:<][ c]");
  EXPECT_EQ(cut_text({left}, " \u200B <"), "[ \u200B][1: <]");
}

TEST(Ch01AddedTokens, SingleWords) {
  AddedToken word = token("in", 1);
  word.single_word = true;
  for (const std::string free : {"in", " in ", ".in.", "½in", "-in-", "\U0001F600in"}) {
    EXPECT_NE(cut_text({word}, free).find("[1:in]"), std::string::npos) << free;
  }
  for (const std::string bound :
       {"inn", "1in", "_in", "in\u0301", "éin", "in\u200D", "是in", "Ⓐin"}) {
    EXPECT_EQ(cut_text({word}, bound).find("[1:"), std::string::npos) << bound;
  }
}

TEST(Ch01AddedTokens, CostIsLinear) {
  std::vector<AddedToken> tokens;
  for (int i = 0; i < 20000; ++i) tokens.push_back(token("aaaa" + std::to_string(i), i));
  EXPECT_EQ(AddedTokens(tokens).cut(std::string(1000000, 'a')).size(), 1u);
}

}  // namespace
}  // namespace tokenwalk
