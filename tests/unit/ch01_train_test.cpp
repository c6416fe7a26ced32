#include "chapters/01_tokenizer/train.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/error.h"
#include "tests/support/dice.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Texts = std::vector<std::string>;

// The merges as "left right" with a middle dot between.
Texts merges_of(const Vocabulary& v) {
  Texts texts;
  for (const auto& [left, right] : v.merges) {
    texts.push_back(v.tokens[static_cast<std::size_t>(left)] + "·" +
                    v.tokens[static_cast<std::size_t>(right)]);
  }
  return texts;
}

Texts learn(std::string_view text, int n_merges, Splitter splitter = split_none,
            const Texts& specials = {}) {
  const int first = 256 + static_cast<int>(specials.size());
  return merges_of(train_bpe(text, first + n_merges, specials, splitter));
}

// ---- the parts -------------------------------------------------------------------------------

TEST(Ch01CountPairs, CountsNeighboursTimesTheWord) {
  const std::map<IdPair, long> counts = count_pairs({{{1, 2, 1, 2}, 10}, {{2, 1}, 3}, {{5}, 99}});
  const std::map<IdPair, long> expected = {{{1, 2}, 20}, {{2, 1}, 13}};
  EXPECT_EQ(counts, expected) << "page 01, exercise 01.5";
  EXPECT_EQ(count_pairs({{{1, 1, 1}, 2}}), (std::map<IdPair, long>{{{1, 1}, 4}}));
  EXPECT_TRUE(count_pairs({}).empty());
}

using MostFrequent = IdPair (*)(const std::map<IdPair, long>&, const Texts&);

Complaints check_most_frequent(MostFrequent most_frequent) {
  const Texts tokens = {"z", "a", "b", "ab", "\xC3", ""};
  Complaints complaints("page 01, exercise 01.6");
  const auto expect = [&](const std::map<IdPair, long>& counts, IdPair expected) {
    const IdPair got = most_frequent(counts, tokens);
    complaints.expect(
        got == expected,
        "counts " + testing::PrintToString(counts) + " of " + testing::PrintToString(tokens),
        testing::PrintToString(expected), testing::PrintToString(got));
  };
  expect({{{1, 2}, 5}}, {1, 2});
  expect({{{1, 2}, 5}, {{0, 0}, 4}}, {1, 2});
  expect({{{1, 2}, 5}, {{0, 1}, 5}}, {0, 1});  // "z" after "a": bytes decide, not ids
  expect({{{1, 0}, 5}, {{1, 2}, 5}}, {1, 0});  // same left: the right one decides
  expect({{{3, 1}, 5}, {{1, 0}, 5}}, {3, 1});  // "ab" after "a", although "aba" is before "az"
  expect({{{0, 0}, 5}, {{4, 1}, 5}}, {4, 1});  // bytes count as 0 to 255
  expect({{{1, 5}, 5}, {{1, 2}, 5}}, {1, 2});  // nothing is before something
  return complaints;
}

// Wrong: ties go to the pair that was seen first, as in some trainers.
IdPair lowest_of_ties(const std::map<IdPair, long>& counts, const Texts&) {
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

// Wrong: compares the bytes of left and right together.
IdPair by_joined_bytes(const std::map<IdPair, long>& counts, const Texts& tokens) {
  const auto bytes = [&](IdPair pair) {
    return tokens[static_cast<std::size_t>(pair.first)] +
           tokens[static_cast<std::size_t>(pair.second)];
  };
  return std::max_element(counts.begin(), counts.end(),
                          [&](const auto& a, const auto& b) {
                            if (a.second != b.second) return a.second < b.second;
                            return bytes(a.first) < bytes(b.first);
                          })
      ->first;
}

TEST(Ch01MostFrequent, TiesGoToTheGreatestPairOfByteStrings) {
  EXPECT_TRUE(holds(check_most_frequent(most_frequent_pair)));
}

TEST(Ch01MostFrequent, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_most_frequent(lowest_of_ties)));
  EXPECT_FALSE(holds(check_most_frequent(by_joined_bytes)));
}

// ---- trained by hand -------------------------------------------------------------------------

// aaabdaaabac: aa occurs four times (overlaps count), then (aa, a) and (a, b) twice each, and
// "aa" is greater than "a"; then (aaa, b) twice; then all that is left occurs once, and "d" is the
// greatest left half: (d, aaab).
TEST(Ch01Train, AaabdaaabacByHand) {
  EXPECT_EQ(learn("aaabdaaabac", 4), (Texts{"a·a", "aa·a", "aaa·b", "d·aaab"}));
}

TEST(Ch01Train, LowLowerNewestByHand) {
  // Sennrich's example, words as pieces: es 9, then est 9; (" ", l) 7 ties with (lo) and (low).
  std::string text;
  for (int i = 0; i < 5; ++i) text += " low";
  for (int i = 0; i < 2; ++i) text += " lower";
  for (int i = 0; i < 6; ++i) text += " newest";
  for (int i = 0; i < 3; ++i) text += " widest";
  EXPECT_EQ(learn(text, 6, split_gpt2), (Texts{"s·t", "e·st", "o·w", "l·ow", " ·low", "w·est"}));
}

TEST(Ch01Train, IdsAreSpecialsThenBytesThenMerges) {
  const Vocabulary v = train_bpe("abab", 260, {"<b>", "<a>"}, split_none);
  ASSERT_EQ(v.tokens.size(), 260u);
  EXPECT_EQ(v.specials, (std::vector<int>{0, 1}));
  EXPECT_EQ(v.tokens[0], "<b>");
  EXPECT_EQ(v.tokens[1], "<a>");
  // GPT-2's order of bytes: those that print as themselves, then the others.
  EXPECT_EQ(v.tokens[2], "!");
  EXPECT_EQ(v.tokens[2 + 'A' - '!'], "A");
  EXPECT_EQ(v.tokens[2 + 93], "~");
  EXPECT_EQ(v.tokens[2 + 94], "\xA1");
  EXPECT_EQ(v.tokens[2 + 94 + 12], "\xAE");  // 0xAD, the soft hyphen, does not print
  EXPECT_EQ(v.tokens[2 + 188], std::string(1, '\0'));
  EXPECT_EQ(v.tokens[2 + 188 + 32], " ");
  EXPECT_EQ(v.tokens[2 + 188 + 33], "\x7F");
  EXPECT_EQ(v.tokens[2 + 255], "\xAD");
  EXPECT_EQ(v.tokens[258], "ab");
  EXPECT_EQ(v.tokens[259], "abab");
  EXPECT_EQ(std::set<std::string>(v.tokens.begin(), v.tokens.end()).size(), 260u);
}

TEST(Ch01Train, StopsWhenNoPairIsLeft) {
  EXPECT_EQ(learn("ab", 100), (Texts{"a·b"}));
  EXPECT_EQ(learn("", 100), Texts());
  EXPECT_EQ(learn("a", 100), Texts());
  EXPECT_EQ(learn("a b c", 100, split_gpt2), (Texts{" ·c", " ·b"}));
  EXPECT_EQ(train_bpe("ab", 2000000000, {}, split_none).tokens.size(), 257u);
}

TEST(Ch01Train, TheSmallestVocabularyHasNoMerges) {
  EXPECT_EQ(train_bpe("aaaa", 256, {}, split_none).merges.size(), 0u);
  EXPECT_EQ(train_bpe("aaaa", 258, {"<a>", "<b>"}, split_none).merges.size(), 0u);
}

TEST(Ch01Train, NothingMergesAcrossPieces) {
  for (const std::string& merge : learn("ab ab ab ab", 100, split_gpt2)) {
    EXPECT_NE(merge, "b· ") << "the blank belongs to the next piece";
  }
}

// ---- special tokens --------------------------------------------------------------------------

TEST(Ch01TrainSpecials, NothingMergesAcrossThem) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "a<|x|>b";
  // Between the specials stand a, then ba again and again, then b.
  EXPECT_EQ(learn(text, 100, split_none, {"<|x|>"}), (Texts{"b·a"}));
  EXPECT_EQ(learn("a<|x|>a<|x|>a", 100, split_none, {"<|x|>"}), Texts());
}

TEST(Ch01TrainSpecials, TheirCharactersAreNotCounted) {
  std::string text = "xyxy";
  for (int i = 0; i < 50; ++i) text += "<|endoftext|>";
  EXPECT_EQ(learn(text, 1, split_none, {"<|endoftext|>"}), (Texts{"x·y"}));
}

TEST(Ch01TrainSpecials, TheLongestIsCutOut) {
  // Were <s> cut out of <s><e> first, "<e>" would be left over to learn from.
  EXPECT_EQ(learn("<s><e><s><e>", 100, split_none, {"<s>", "<s><e>"}), Texts());
}

TEST(Ch01TrainSpecials, AreNotCutWhereTheyAreNotNamed) {
  EXPECT_EQ(learn("<|x|>", 100, split_none).size(), 4u);
}

// ---- an independent trainer ------------------------------------------------------------------

// All counted again at every step, over strings: slow and simple.
Texts learn_slowly(std::string_view text, std::size_t n_merges) {
  std::vector<Texts> words;
  for (const std::string_view piece : split_gpt2(text)) {
    words.emplace_back();
    for (const char byte : piece) words.back().push_back(std::string(1, byte));
  }
  Texts merges;
  while (merges.size() < n_merges) {
    std::map<std::pair<std::string, std::string>, int> counts;
    for (const Texts& word : words) {
      for (std::size_t i = 0; i + 1 < word.size(); ++i) ++counts[{word[i], word[i + 1]}];
    }
    if (counts.empty()) break;
    auto best = counts.begin();  // ascending: the last of the largest is the greatest pair
    for (auto it = counts.begin(); it != counts.end(); ++it) {
      if (it->second >= best->second) best = it;
    }
    const auto [left, right] = best->first;
    merges.push_back(left + "·" + right);
    for (Texts& word : words) {
      for (std::size_t i = 0; i + 1 < word.size(); ++i) {
        if (word[i] != left || word[i + 1] != right) continue;
        word[i] += right;
        word.erase(word.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
    }
  }
  return merges;
}

TEST(Ch01Train, AgreesWithASlowTrainer) {
  Dice dice(41);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (std::size_t n = dice.below(120); n > 0; --n) text += "aab c1\xC3"[dice.below(7)];
    ASSERT_EQ(learn(text, 30, split_gpt2), learn_slowly(text, 30)) << testing::PrintToString(text);
  }
}

TEST(Ch01Train, IsTheSameEveryTime) {
  std::string text;
  Dice dice(42);
  for (int i = 0; i < 2000; ++i) text += "abcde "[dice.below(6)];
  EXPECT_EQ(learn(text, 50, split_gpt2), learn(text, 50, split_gpt2));
}

// ---- errors ----------------------------------------------------------------------------------

void expect_bad_value(const std::function<void()>& call) {
  try {
    call();
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadValue) << error.what();
  }
}

TEST(Ch01TrainErrors, AVocabularyTooSmall) {
  for (const int size : {-1, 0, 1, 255}) {
    expect_bad_value([&] { train_bpe("abc", size, {}, split_gpt2); });
  }
  expect_bad_value([] { train_bpe("abc", 257, {"<a>", "<b>"}, split_gpt2); });
}

TEST(Ch01TrainErrors, SpecialsEmptyOrTwice) {
  expect_bad_value([] { train_bpe("abc", 300, {""}, split_gpt2); });
  expect_bad_value([] { train_bpe("abc", 300, {"<a>", "<b>", "<a>"}, split_gpt2); });
}

}  // namespace
}  // namespace tokenwalk
