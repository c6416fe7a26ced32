#include "chapters/01_tokenizer/bpe_fast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/train.h"
#include "chapters/01_tokenizer/train_fast.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;

std::size_t whole_text(std::string_view text) {
  return text.size();
}

Ids encode(const FastBpe& bpe, std::string_view text, NextPiece next_piece) {
  Ids ids;
  bpe.encode(text, next_piece, ids);
  return ids;
}

// Words of a few letters, repeated, and whatever bytes: lengths on both sides of every threshold.
std::string random_text(Dice& dice) {
  std::string text = random_tricky_text(dice, dice.below(20));
  const std::size_t kinds = 1 + dice.below(9);
  for (std::size_t n = dice.below(dice.chance(0.2) ? 300 : 30); n > 0; --n) {
    text += "abc 1\xC3.A"[dice.below(kinds)];
  }
  if (dice.chance(0.2)) text += static_cast<char>(dice.below(256));
  return text;
}

// A vocabulary trained on such texts; sometimes a byte has no token.
Vocabulary random_vocabulary(Dice& dice) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += random_text(dice);
  const Splitter splitter = dice.chance(0.5) ? split_gpt2 : split_none;
  const int size = 257 + static_cast<int>(dice.below(200));
  Vocabulary vocabulary = train_bpe_fast(text, size, {"<|end|>"}, splitter);
  if (dice.chance(0.2)) vocabulary.tokens[1 + 'Z' - '!'] = "ZZ";  // training saw no Z
  return vocabulary;
}

// ---- vocabularies that training made ---------------------------------------------------------

using Encode = Ids (*)(const Tokenizer&, std::string_view, NextPiece);

Ids encode_right(const Tokenizer& tokenizer, std::string_view text, NextPiece next_piece) {
  return encode(FastBpe(tokenizer), text, next_piece);
}

Complaints check_encode(Encode encode_by, int rounds) {
  Complaints complaints("bpe_fast.h");
  Dice dice(81);
  for (int round = 0; round < rounds; ++round) {
    const bool cut = dice.chance(0.5);
    const Tokenizer plain(random_vocabulary(dice), cut ? split_gpt2 : split_none);
    for (int i = 0; i < 4; ++i) {
      const std::string text =
          random_text(dice) + (dice.chance(0.2) ? "Z" : "") + random_text(dice);
      const Ids expected = plain.encode(text, false);
      const Ids got = encode_by(plain, text, cut ? next_piece_gpt2 : whole_text);
      complaints.expect(got == expected, testing::PrintToString(text),
                        testing::PrintToString(expected), testing::PrintToString(got));
    }
  }
  return complaints;
}

TEST(Ch01BpeFast, IsEqualToThePlainTokenizer) {
  EXPECT_TRUE(holds(check_encode(encode_right, 400)));
}

// Wrong: takes the longest token again and again.
Ids encode_longest(const Tokenizer& tokenizer, std::string_view text, NextPiece next_piece) {
  Ids ids;
  for (std::string_view piece : split_by(next_piece, text)) {
    while (!piece.empty()) {
      int best = -1;
      for (int id = 0; id < tokenizer.size(); ++id) {
        const std::string& token = tokenizer.token(id);
        if (piece.substr(0, token.size()) != token || tokenizer.is_special(id)) continue;
        if (best < 0 || token.size() > tokenizer.token(best).size()) best = id;
      }
      if (best >= 0) ids.push_back(best);
      piece.remove_prefix(best < 0 ? 1 : tokenizer.token(best).size());
    }
  }
  return ids;
}

TEST(Ch01BpeFast, TheTestsRejectAWrongVersion) {
  EXPECT_FALSE(holds(check_encode(encode_longest, 20)));
}

// ---- any vocabulary --------------------------------------------------------------------------

// One pair at a time, the earliest merge first, the leftmost of these, over strings.
Ids encode_slowly(const Vocabulary& vocabulary, std::string_view piece) {
  std::map<std::pair<std::string, std::string>, std::size_t> ranks;
  std::map<std::string, int> ids;
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    ids.emplace(vocabulary.tokens[id], static_cast<int>(id));
  }
  for (const auto& [left, right] : vocabulary.merges) {
    ranks.emplace(std::pair(vocabulary.tokens[static_cast<std::size_t>(left)],
                            vocabulary.tokens[static_cast<std::size_t>(right)]),
                  ranks.size());
  }
  std::vector<std::string> row;
  for (const char byte : piece) row.emplace_back(1, byte);
  while (true) {
    std::size_t best = ranks.size(), at = 0;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      const auto rank = ranks.find({row[i], row[i + 1]});
      if (rank != ranks.end() && rank->second < best) best = rank->second, at = i;
    }
    if (best == ranks.size()) break;
    row[at] += row[at + 1];
    row.erase(row.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  Ids result;
  for (const std::string& token : row) result.push_back(ids.at(token));
  return result;
}

// All ways to make some words from two tokens, in any order: Llama 3's list of merges is like that.
Vocabulary shuffled_vocabulary(Dice& dice) {
  Vocabulary v = untrained_vocabulary(256, {});
  std::set<std::string> words;
  for (int i = 0; i < 60; ++i) {
    std::string word;
    for (std::size_t n = 2 + dice.below(5); n > 0; --n) word += "aabc"[dice.below(4)];
    if (words.insert(word).second) v.tokens.push_back(word);
  }
  const int n = static_cast<int>(v.tokens.size());
  for (int left = 0; left < n; ++left) {
    for (int right = 0; right < n; ++right) {
      const std::string bytes =
          v.tokens[static_cast<std::size_t>(left)] + v.tokens[static_cast<std::size_t>(right)];
      if (words.count(bytes) > 0) v.merges.emplace_back(left, right);
    }
  }
  for (std::size_t i = v.merges.size(); i > 1; --i) {
    std::swap(v.merges[i - 1], v.merges[dice.below(i)]);
  }
  return v;
}

TEST(Ch01BpeFast, MergesInAnyOrderGoOneAtATime) {
  Dice dice(82);
  int unlike_plain = 0;
  for (int round = 0; round < 60; ++round) {
    const Vocabulary vocabulary = shuffled_vocabulary(dice);
    const Tokenizer plain(vocabulary, split_none);
    const FastBpe bpe(plain);
    for (int i = 0; i < 10; ++i) {
      std::string piece;
      for (std::size_t n = 1 + dice.below(i < 5 ? 12 : 150); n > 0; --n) {
        piece += "aabc"[dice.below(4)];
      }
      const Ids expected = encode_slowly(vocabulary, piece);
      ASSERT_EQ(encode(bpe, piece, whole_text), expected) << piece;
      unlike_plain += plain.encode(piece) != expected;
    }
  }
  EXPECT_GT(unlike_plain, 0) << "these vocabularies no longer tell the two orders apart";
}

TEST(Ch01BpeFast, WholeTokensGoBeforeMerges) {
  Vocabulary v = untrained_vocabulary(257, {"<s>"});
  v.tokens.insert(v.tokens.end(), {"ab", "abc", "a long token of many bytes"});
  const int a = 1 + 'a' - '!', c = a + 2;
  v.merges = {{a, a + 1}};
  const Tokenizer plain(v, split_none);
  std::vector<bool> all(v.tokens.size(), true);
  const FastBpe merging(plain), whole(plain, all);
  EXPECT_EQ(encode(merging, "abc", whole_text), (Ids{257, c}));
  EXPECT_EQ(encode(whole, "abc", whole_text), (Ids{258}));
  EXPECT_EQ(encode(whole, "a long token of many bytes", whole_text), (Ids{259}));
  EXPECT_EQ(encode(merging, "a long token of many bytes", whole_text).size(), 26u);
  EXPECT_EQ(encode(whole, "abcc", whole_text), (Ids{257, c, c}));
  EXPECT_EQ(encode(whole, "<s>", whole_text), (Ids{0}));
  all[0] = false;
  EXPECT_EQ(encode(FastBpe(plain, all), "<s>", whole_text).size(), 3u);
}

TEST(Ch01BpeFast, SpecialTokensAreNeverMade) {
  Vocabulary v = untrained_vocabulary(257, {"ab"});
  v.tokens.push_back("ab");
  v.merges = {{1 + 'a' - '!', 1 + 'b' - '!'}};
  const Tokenizer plain(v, split_none);
  EXPECT_EQ(encode(FastBpe(plain), "ab", whole_text), (Ids{257}));
}

// One piece of a megabyte: going through it at each merge would take hours.
TEST(Ch01BpeFast, APieceOfAMegabyte) {
  const std::string same(1 << 20, 'a');
  const Tokenizer plain(train_bpe_fast(same, 300, {}, split_none), split_none);
  EXPECT_EQ(encode(FastBpe(plain), same, whole_text), (Ids{275}));
  Dice dice(83);
  std::string mixed;
  while (mixed.size() < 1 << 20) mixed += "abcd"[dice.below(4)];
  const Tokenizer mixing(train_bpe_fast(mixed, 1000, {}, split_none), split_none);
  const Ids ids = encode(FastBpe(mixing), mixed, whole_text);
  EXPECT_EQ(mixing.decode(ids), mixed);
  EXPECT_LT(ids.size(), mixed.size() / 3);
}

}  // namespace
}  // namespace tokenwalk
