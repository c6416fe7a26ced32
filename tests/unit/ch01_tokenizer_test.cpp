#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/bpe.h"
#include "chapters/01_tokenizer/train.h"
#include "lib/base/error.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;

// ---- merge_pair ------------------------------------------------------------------------------

using MergePair = Ids (*)(const Ids&, IdPair, int);

Complaints check_merge_pair(MergePair merge) {
  Complaints complaints("page 01, exercise 01.2");
  const auto expect = [&](const Ids& ids, IdPair pair, int merged, const Ids& expected) {
    const Ids got = merge(ids, pair, merged);
    complaints.expect(got == expected,
                      "merge_pair(" + testing::PrintToString(ids) + ", " +
                          testing::PrintToString(pair) + ", " + std::to_string(merged) + ")",
                      testing::PrintToString(expected), testing::PrintToString(got));
  };
  expect({}, {1, 2}, 9, {});
  expect({1}, {1, 2}, 9, {1});
  expect({1, 2}, {1, 2}, 9, {9});
  expect({2, 1}, {1, 2}, 9, {2, 1});
  expect({1, 2, 1, 2}, {1, 2}, 9, {9, 9});
  expect({3, 1, 2, 3}, {1, 2}, 9, {3, 9, 3});
  expect({1, 3, 2}, {1, 2}, 9, {1, 3, 2});
  expect({1, 1, 2}, {1, 2}, 9, {1, 9});
  expect({1, 1, 1}, {1, 1}, 9, {9, 1});  // the middle one is used up
  expect({1, 1, 1, 1}, {1, 1}, 9, {9, 9});
  expect({1, 1, 1, 1, 1}, {1, 1}, 9, {9, 9, 1});
  expect({1, 2}, {1, 2}, 1, {1});        // the new id may be one of the pair
  expect({1, 2, 2}, {1, 2}, 1, {1, 2});  // and is not merged again
  return complaints;
}

// Wrong: the right half of a merge can be the left half of the next.
Ids merge_pair_overlapping(const Ids& ids, IdPair pair, int merged) {
  Ids result;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool starts = i + 1 < ids.size() && IdPair(ids[i], ids[i + 1]) == pair;
    const bool ends = i > 0 && IdPair(ids[i - 1], ids[i]) == pair;
    if (starts) result.push_back(merged);
    if (!starts && !ends) result.push_back(ids[i]);
  }
  return result;
}

// Wrong: only the first occurrence.
Ids merge_pair_once(const Ids& ids, IdPair pair, int merged) {
  Ids result = ids;
  for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
    if (IdPair(ids[i], ids[i + 1]) != pair) continue;
    result[i] = merged;
    result.erase(result.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    break;
  }
  return result;
}

TEST(Ch01MergePair, MergesFromLeftToRight) {
  EXPECT_TRUE(holds(check_merge_pair(merge_pair)));
}

TEST(Ch01MergePair, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_merge_pair(merge_pair_overlapping)));
  EXPECT_FALSE(holds(check_merge_pair(merge_pair_once)));
}

// ---- a vocabulary by hand --------------------------------------------------------------------

// Bytes are ids 0 .. 255, then the merges "x y" in order, then the specials.
Vocabulary by_hand(const std::vector<std::pair<std::string, std::string>>& merges,
                   const std::vector<std::string>& specials = {}) {
  Vocabulary v;
  for (int byte = 0; byte < 256; ++byte)
    v.tokens.push_back(std::string(1, static_cast<char>(byte)));
  const auto id_of = [&](const std::string& bytes) {
    return static_cast<int>(std::find(v.tokens.begin(), v.tokens.end(), bytes) - v.tokens.begin());
  };
  for (const auto& [left, right] : merges) {
    v.merges.emplace_back(id_of(left), id_of(right));
    v.tokens.push_back(left + right);
  }
  for (const std::string& special : specials) {
    v.specials.push_back(static_cast<int>(v.tokens.size()));
    v.tokens.push_back(special);
  }
  return v;
}

TEST(Ch01Encode, TheEarliestMergeGoesFirst) {
  // bc is merged before ab, although ab stands further left.
  const Tokenizer t(by_hand({{"b", "c"}, {"a", "b"}, {"ab", "c"}}), split_none);
  EXPECT_EQ(t.encode("abc"), (Ids{'a', 256})) << "page 01, exercise 01.3";
  EXPECT_EQ(t.encode("abab"), (Ids{257, 257}));
  EXPECT_EQ(t.encode("ab"), (Ids{257}));
}

TEST(Ch01Encode, MergesBuildOnMerges) {
  const Tokenizer t(by_hand({{"l", "o"}, {"lo", "w"}, {"e", "r"}, {"low", "er"}}), split_none);
  EXPECT_EQ(t.encode("lower"), (Ids{259})) << "page 01, exercise 01.3";
  EXPECT_EQ(t.encode("lowest"), (Ids{257, 'e', 's', 't'}));
  EXPECT_EQ(t.encode("lo"), (Ids{256}));
  EXPECT_EQ(t.encode("wol"), (Ids{'w', 'o', 'l'}));
}

TEST(Ch01Encode, RepeatedLettersMergeFromTheLeft) {
  const Tokenizer t(by_hand({{"a", "a"}, {"aa", "a"}}), split_none);
  EXPECT_EQ(t.encode("a"), (Ids{'a'}));
  EXPECT_EQ(t.encode("aa"), (Ids{256}));
  EXPECT_EQ(t.encode("aaa"), (Ids{257}));
  EXPECT_EQ(t.encode("aaaa"), (Ids{256, 256}));
  EXPECT_EQ(t.encode("aaaaa"), (Ids{256, 257}));
}

TEST(Ch01Encode, MergesStayInsideAPiece) {
  const Tokenizer t(by_hand({{"a", " "}, {"a", "1"}, {" ", "a"}}), split_gpt2);
  EXPECT_EQ(t.encode("a a1"), (Ids{'a', 258, '1'}));
}

TEST(Ch01Encode, NothingGivesNothing) {
  const Tokenizer t(by_hand({}), split_gpt2);
  EXPECT_EQ(t.encode(""), Ids());
  EXPECT_EQ(t.decode({}), "");
}

TEST(Ch01Decode, IsTheBytesInARow) {
  const Tokenizer t(by_hand({{"a", "b"}}, {"<|end|>"}), split_gpt2);
  EXPECT_EQ(t.decode({256, 'c', 257, 0xFF, 0}), std::string("abc<|end|>\xFF\0", 12))
      << "page 01, exercise 01.4";
  EXPECT_EQ(t.token(256), "ab");
  EXPECT_EQ(t.size(), 258);
  EXPECT_TRUE(t.is_special(257));
  EXPECT_FALSE(t.is_special(256));
}

// Some published vocabularies have no token for a few bytes.
TEST(Ch01Encode, LeavesOutBytesWithoutAToken) {
  Vocabulary v = by_hand({{"a", "b"}});
  v.tokens['X'] = "XX";
  EXPECT_EQ(Tokenizer(v, split_none).encode("cXab"), (Ids{'c', 256}));
}

// ---- special tokens --------------------------------------------------------------------------

TEST(Ch01Specials, TheirTextBecomesTheirId) {
  const Tokenizer t(by_hand({}, {"<|end|>", "<|start|>"}), split_gpt2);
  EXPECT_EQ(t.encode("<|end|>"), (Ids{256}));
  EXPECT_EQ(t.encode("a<|start|><|end|>b"), (Ids{'a', 257, 256, 'b'}));
  EXPECT_EQ(t.encode("<|end|"), (Ids{'<', '|', 'e', 'n', 'd', '|'}));
  EXPECT_EQ(t.encode("<<|end|>>"), (Ids{'<', 256, '>'}));
}

TEST(Ch01Specials, ToldNotToTheyAreOrdinaryText) {
  const Tokenizer t(by_hand({{"e", "n"}, {"en", "d"}}, {"<|end|>", "end"}), split_gpt2);
  EXPECT_EQ(t.encode("<|end|>", false), (Ids{'<', '|', 257, '|', '>'}));
  EXPECT_EQ(t.encode("<|end|>", true), (Ids{258}));
  EXPECT_EQ(t.encode("end", true), (Ids{259}));
}

TEST(Ch01Specials, MergesNeverMakeOne) {
  // "ab" twice: as a special token, with the lower id, and as what a and b merge to.
  Vocabulary v = by_hand({{"a", "b"}});
  v.tokens.push_back("ab");
  std::swap(v.tokens[0], v.tokens[257]);
  v.specials = {0};
  const Tokenizer t(v, split_none);
  EXPECT_EQ(t.encode("ab", false), (Ids{256}));
  EXPECT_EQ(t.encode("ab", true), (Ids{0}));
}

TEST(Ch01Specials, TheLongestWinsWhateverTheOrder) {
  for (const auto& specials : {std::vector<std::string>{"<x>", "<x><y>", "<x"},
                               std::vector<std::string>{"<x><y>", "<x", "<x>"}}) {
    const Tokenizer t(by_hand({}, specials), split_gpt2);
    const auto texts = [&](std::string_view text) {
      std::vector<std::string> result;
      for (const int id : t.encode(text)) result.push_back(t.token(id));
      return result;
    };
    EXPECT_EQ(texts("<x><y>"), (std::vector<std::string>{"<x><y>"}));
    EXPECT_EQ(texts("<x><z"), (std::vector<std::string>{"<x>", "<", "z"}));
    EXPECT_EQ(texts("<xy"), (std::vector<std::string>{"<x", "y"}));
    EXPECT_EQ(texts("<x><x><y>"), (std::vector<std::string>{"<x>", "<x><y>"}));
  }
}

TEST(Ch01Specials, TextAroundThemIsSplitOnItsOwn) {
  // The blank before the special does not go with the word behind it.
  const Tokenizer t(by_hand({{" ", "b"}}, {"<s>"}), split_gpt2);
  EXPECT_EQ(t.encode("a <s>b"), (Ids{'a', ' ', 257, 'b'}));
  EXPECT_EQ(t.encode("a<s> b"), (Ids{'a', 257, 256}));
}

// ---- round trips -----------------------------------------------------------------------------

const Tokenizer& trained() {
  static const Tokenizer tokenizer = [] {
    Dice dice(31);
    std::string text = "the cat sat on the mat, the end. 1+1是多少？ don't we'll\n";
    text += random_tricky_text(dice, 3000) + text;
    return Tokenizer(train_bpe(text, 400, {"<|end|>", "<|s|>"}, split_gpt2), split_gpt2);
  }();
  return tokenizer;
}

TEST(Ch01RoundTrip, Bytes) {
  Dice dice(32);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (std::size_t n = dice.below(50); n > 0; --n) bytes += static_cast<char>(dice.below(256));
    ASSERT_EQ(trained().decode(trained().encode(bytes)), bytes);
    ASSERT_EQ(trained().decode(trained().encode(bytes, false)), bytes);
  }
}

TEST(Ch01RoundTrip, UnicodeText) {
  Dice dice(33);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::size_t n = dice.below(20); n > 0; --n) {
      text += dice.chance(0.1) ? "<|end|>" : utf8_of(random_code_point(dice));
      text += random_tricky_text(dice, 2);
    }
    ASSERT_EQ(trained().decode(trained().encode(text)), text);
    ASSERT_EQ(trained().decode(trained().encode(text, false)), text);
  }
}

// For a vocabulary that training made, merging pair by pair in order of rank comes to the same.
Ids encode_by_rank(const Tokenizer& t, std::string_view text) {
  const Vocabulary& v = t.vocabulary();
  Ids ids;
  for (const std::string_view piece : split_gpt2(text)) {
    Ids part;
    for (const char byte : piece) part.push_back(t.encode(std::string(1, byte), false).at(0));
    for (std::size_t rank = 0; rank < v.merges.size(); ++rank) {
      const int merged = static_cast<int>(v.tokens.size() - v.merges.size() + rank);
      part = merge_pair(part, v.merges[rank], merged);
    }
    ids.insert(ids.end(), part.begin(), part.end());
  }
  return ids;
}

TEST(Ch01Encode, AgreesWithMergingRankByRank) {
  Dice dice(34);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_tricky_text(dice, dice.below(30));
    ASSERT_EQ(trained().encode(text, false), encode_by_rank(trained(), text))
        << testing::PrintToString(text);
  }
}

// ---- errors ----------------------------------------------------------------------------------

ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kBadJson;
}

TEST(Ch01Errors, AnIdThatIsNoToken) {
  for (const int id : {-1, 256, 1 << 30, -(1 << 30)}) {
    EXPECT_EQ(code_of([&] {
                Tokenizer(by_hand({}), split_none).decode({'a', id});
              }),
              ErrorCode::kBadValue);
  }
}

TEST(Ch01Errors, AMergeWithoutAToken) {
  Vocabulary v = by_hand({});
  v.merges.push_back({'a', 'b'});
  EXPECT_EQ(code_of([&] { Tokenizer(v, split_none); }), ErrorCode::kBadFile);
}

}  // namespace
}  // namespace tokenwalk
