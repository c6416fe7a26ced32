#include "chapters/01_tokenizer/train_fast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/split_fast.h"
#include "chapters/01_tokenizer/train.h"
#include "lib/base/error.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Texts = std::vector<std::string>;
using Train = Vocabulary (*)(std::string_view, int, const Texts&, const Splitter&);

Vocabulary train_right(std::string_view text, int vocab_size, const Texts& specials,
                       const Splitter& splitter) {
  return train_bpe_fast(text, vocab_size, specials, splitter);
}

bool equal(const Vocabulary& a, const Vocabulary& b) {
  return a.tokens == b.tokens && a.merges == b.merges && a.specials == b.specials;
}

// A few letters, so that pairs tie, repeat and overlap.
std::string random_corpus(Dice& dice) {
  if (dice.chance(0.2)) return random_tricky_text(dice, dice.below(200));
  const std::size_t kinds = 1 + dice.below(8);
  std::string text;
  for (std::size_t n = dice.below(300); n > 0; --n) text += "ab cA1\xC3|"[dice.below(kinds)];
  return text;
}

const Splitter kSplitters[] = {split_gpt2, split_qwen2, split_none};

Complaints check_training(Train train, int rounds) {
  Complaints complaints("train.h");
  Dice dice(71);
  for (int round = 0; round < rounds; ++round) {
    const std::string text = random_corpus(dice);
    const Texts specials = std::vector<Texts>{{}, {"|"}, {"ab", "abc", "|"}}[dice.below(3)];
    const Splitter splitter = kSplitters[dice.below(3)];
    const int size = 256 + static_cast<int>(specials.size() + dice.below(80));
    const Vocabulary expected = train_bpe(text, size, specials, splitter);
    const Vocabulary got = train(text, size, specials, splitter);
    complaints.expect(equal(got, expected),
                      testing::PrintToString(text) + ", " + std::to_string(size) +
                          " ids, specials " + testing::PrintToString(specials),
                      testing::PrintToString(expected.merges), testing::PrintToString(got.merges));
  }
  return complaints;
}

TEST(Ch01TrainFast, IsEqualToThePlainTrainer) {
  EXPECT_TRUE(holds(check_training(train_right, 1500)));
}

// Wrong: learns across special tokens.
Vocabulary train_across_specials(std::string_view text, int vocab_size, const Texts& specials,
                                 const Splitter& splitter) {
  Vocabulary vocabulary = untrained_vocabulary(vocab_size, specials);
  const int n_specials = static_cast<int>(specials.size());
  const Vocabulary learned = train_bpe(text, vocab_size - n_specials, {}, splitter);
  for (const auto& [left, right] : learned.merges) {
    vocabulary.merges.emplace_back(left + n_specials, right + n_specials);
    vocabulary.tokens.push_back(learned.tokens[static_cast<std::size_t>(left)] +
                                learned.tokens[static_cast<std::size_t>(right)]);
  }
  return vocabulary;
}

TEST(Ch01TrainFast, TheTestsRejectAWrongVersion) {
  EXPECT_FALSE(holds(check_training(train_across_specials, 100)));
}

TEST(Ch01TrainFast, ChecksWhatThePlainOneChecks) {
  for (const Texts& specials : {Texts{""}, Texts{"<a>", "<a>"}, Texts(50, "x")}) {
    EXPECT_THROW(train_bpe_fast("abc", 300, specials, split_gpt2), Error);
  }
  EXPECT_THROW(train_bpe_fast("abc", 255, {}, split_gpt2), Error);
}

TEST(Ch01TrainFast, TellsOfEveryMerge) {
  std::vector<std::size_t> heard;
  const auto note = [&](std::size_t done, std::size_t all) {
    heard.push_back(done);
    EXPECT_EQ(all, 4u);
  };
  train_bpe_fast("aaabdaaabac", 260, {}, split_none, note);
  EXPECT_EQ(heard, (std::vector<std::size_t>{1, 2, 3, 4}));
  heard.clear();
  train_bpe_fast("abc", 260, {}, split_none, note);
  EXPECT_EQ(heard, (std::vector<std::size_t>{1, 2, 4})) << "no pair was left after two";
}

// One piece of a megabyte: a trainer that goes through it at each merge needs minutes.
TEST(Ch01TrainFast, AWordOfAMegabyte) {
  const std::string same(1 << 20, 'a');
  const Vocabulary v = train_bpe_fast(same, 10000, {}, split_none);
  EXPECT_EQ(v.merges.size(), 20u) << "a row of 2^20 letters halves 20 times";
  EXPECT_EQ(v.tokens.back(), same);

  Dice dice(72);
  std::string mixed;
  while (mixed.size() < 1 << 20) mixed += "abcdefgh"[dice.below(8)];
  EXPECT_EQ(train_bpe_fast(mixed, 3000, {}, split_gpt2).tokens.size(), 3000u);
}

// CS336's English corpus, if $TOKENWALK_EXTRA_DATA names the folder that holds bpe_train.
TEST(Ch01TrainFast, LearnsTheReferenceMerges) {
  const char* extra = std::getenv("TOKENWALK_EXTRA_DATA");
  if (extra == nullptr) GTEST_SKIP() << "TOKENWALK_EXTRA_DATA is not set";
  std::ifstream file(std::filesystem::path(extra) / "bpe_train" / "corpus.en");
  ASSERT_TRUE(file) << extra << "/bpe_train/corpus.en";
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_TRUE(equal(train_bpe_fast(text, 500, {"<|endoftext|>"}, split_gpt2),
                    train_bpe(text, 500, {"<|endoftext|>"}, split_gpt2)));
}

}  // namespace
}  // namespace tokenwalk
