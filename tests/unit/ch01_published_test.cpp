#include "chapters/01_tokenizer/published.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/train.h"
#include "lib/base/data_path.h"
#include "lib/base/error.h"
#include "lib/io/write_tokenizer_json.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// Files that are not part of the project lie in the folder $TOKENWALK_EXTRA_DATA; empty: not there.
fs::path extra_data(const std::string& name) {
  const char* folder = std::getenv("TOKENWALK_EXTRA_DATA");
  if (folder == nullptr || !fs::exists(fs::path(folder) / name)) return {};
  return fs::path(folder) / name;
}

const char* const kNoExtraData = "TOKENWALK_EXTRA_DATA names no folder with this file";

// Encodes every text of a golden file like the library that made it.
void expect_golden(const PublishedTokenizer& published, const fs::path& path) {
  const auto golden = nlohmann::json::parse(read_file(path));
  ASSERT_FALSE(golden.at("texts").empty());
  for (const auto& [text, ids] :
       golden.at("texts").get<std::vector<std::pair<std::string, std::vector<int>>>>()) {
    EXPECT_EQ(published.encode(text, true, false), ids) << testing::PrintToString(text);
  }
}

fs::path golden_path(const std::string& name) {
  return data_path("tiny").parent_path() / "golden" / name;
}

TEST(Ch01Published, TinyEncodesLikeTheGolden) {
  const fs::path golden = golden_path("tiny_tokenizer.json");
  if (!fs::exists(golden)) GTEST_SKIP() << "data/golden holds no tiny_tokenizer.json";
  expect_golden(load_tokenizer(data_path("tiny")), golden);
}

TEST(Ch01Published, Gpt2EncodesLikeTheGolden) {
  const fs::path path = extra_data("tokenizers/gpt2/tokenizer.json");
  if (path.empty()) GTEST_SKIP() << kNoExtraData;
  const fs::path golden = golden_path("gpt2_tokenizer.json");
  if (!fs::exists(golden)) GTEST_SKIP() << "data/golden holds no gpt2_tokenizer.json";
  expect_golden(load_tokenizer(path), golden);
}

TEST(Ch01Published, Smollm2EncodesLikeTheGolden) {
  const fs::path model =
      data_path("tiny").parent_path().parent_path() / "models/SmolLM2-135M-Instruct.Q4_1.gguf";
  if (!fs::exists(model)) GTEST_SKIP() << "no " << model.filename() << ": tools/get_model smollm2";
  const fs::path golden = golden_path("smollm2_tokenizer.json");
  if (!fs::exists(golden)) GTEST_SKIP() << "data/golden holds no smollm2_tokenizer.json";
  expect_golden(load_tokenizer(model), golden);
}

TEST(Ch01Published, Gpt2KnowsItsEnd) {
  const fs::path path = extra_data("tokenizers/gpt2/tokenizer.json");
  if (path.empty()) GTEST_SKIP() << kNoExtraData;
  const Tokenizer tokenizer = load_tokenizer(path).tokenizer;
  EXPECT_EQ(tokenizer.size(), 50257);
  EXPECT_EQ(tokenizer.encode("Hello world<|endoftext|>"), (std::vector<int>{15496, 995, 50256}));
}

TEST(Ch01Published, Gpt2RoundTripsTexts) {
  const fs::path folder = extra_data("text");
  if (folder.empty()) GTEST_SKIP() << kNoExtraData;
  const Tokenizer tokenizer =
      load_tokenizer(folder / "../tokenizers/gpt2/tokenizer.json").tokenizer;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string text = read_file(entry.path());
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text) << entry.path();
  }
}

// Steps at random, on bytes at random: an Error or ids, and with nothing removed the same bytes.
TEST(Ch01Published, RandomStepsKeepTheBytes) {
  static const std::vector<std::string> kPatterns = {
      "\\s+", "\\p{L}+|\\d", "a*",      "",    "(?i:e)|\\b", "^.", "[^\\S]",   "(",
      "(?x)", "\\w+(?!\\S)", "(a|b)+$", "\\X", "\xFF",       "é|", "\\p{Han}", "[a-"};
  Dice dice(52);
  const Vocabulary v = train_bpe("the cat sat on the mat", 270, {}, split_gpt2);
  int made = 0;
  for (int round = 0; round < 1500; ++round) {
    TokenizerData data;
    data.vocab = v.tokens;
    data.nfc = false;
    data.ignore_merges = dice.chance(0.3);
    data.split.clear();
    for (std::size_t n = dice.below(4); n > 0; --n) {
      SplitStep step;
      step.kind = static_cast<SplitStep::Kind>(dice.below(4));  // no space before pieces
      step.pattern = kPatterns[dice.below(kPatterns.size())];
      step.behavior = static_cast<SplitBehavior>(dice.below(5));
      if (step.behavior == SplitBehavior::kRemoved) step.behavior = SplitBehavior::kIsolated;
      step.invert = dice.chance(0.3);
      data.split.push_back(step);
    }
    std::string text = random_tricky_text(dice, dice.below(8));
    for (std::size_t n = dice.below(6); n > 0; --n) {
      text.insert(dice.below(text.size() + 1), 1, static_cast<char>(dice.below(256)));
    }
    try {
      const PublishedTokenizer published = make_published(data);
      ASSERT_EQ(published.tokenizer.decode(published.encode(text, true, false)), text);
      ++made;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadFile) << error.what();
    }
  }
  EXPECT_GT(made, 500);
}

TEST(Ch01Published, IgnoringMergesTakesWholeWords) {
  TokenizerData data;
  data.vocab = {"a", "b", "c", "ab", "abc", "<x>"};
  data.merges = {{"a", "b"}};
  AddedToken token;
  token.text = "<x>";
  token.id = 5;
  token.special = token.is_word = true;
  data.added = {token};
  data.split = {};
  EXPECT_EQ(make_published(data).encode("abc", true, false), (std::vector<int>{3, 2}));
  data.ignore_merges = true;
  EXPECT_EQ(make_published(data).encode("abc", true, false), std::vector<int>{4});
  EXPECT_EQ(make_published(data).encode("abca", true, false), (std::vector<int>{3, 2, 0}));
  EXPECT_EQ(make_published(data).encode("<x>", false, false), std::vector<int>())
      << "a special token is no word that text may spell";
}

TEST(Ch01Published, AddedTokensThatAreWordsAreStillMerged) {
  TokenizerData data;
  data.vocab = {"a", "b", "ab", "<x>", "c"};
  data.merges = {{"a", "b"}};
  for (const int id : {2, 3, 4}) {
    AddedToken token;
    token.text = data.vocab[static_cast<std::size_t>(id)];
    token.id = id;
    token.single_word = token.is_word = id != 3;
    token.special = id == 3;
    data.added.push_back(token);
  }
  const PublishedTokenizer published = make_published(data);
  EXPECT_EQ(published.encode("cab", true, false), (std::vector<int>{4, 2}));
  EXPECT_EQ(published.encode("ab<x>", true, false), (std::vector<int>{2, 3}));
  EXPECT_EQ(published.encode("ab<x>c", false, false), (std::vector<int>{2, 4}))
      << "bytes without a token are left out";
  EXPECT_EQ(published.decode_shown({2, 3}), "ab");
}

// ---- training --------------------------------------------------------------------------------

// A token as tokenizer files write it: GPT-2 shows each byte as a character that prints.
std::string shown_bytes(const std::string& bytes) {
  static const std::vector<std::string> alphabet = [] {
    std::vector<std::string> shown(256);
    char32_t next = 0x100;
    for (int b = 0; b < 256; ++b) {
      const bool prints = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      shown[static_cast<std::size_t>(b)] = utf8_of(prints ? static_cast<char32_t>(b) : next++);
    }
    return shown;
  }();
  std::string text;
  for (const char byte : bytes) text += alphabet[static_cast<unsigned char>(byte)];
  return text;
}

TEST(Ch01Train, FindsTheReferenceMergesInOrder) {
  const fs::path folder = extra_data("bpe_train");
  if (folder.empty()) GTEST_SKIP() << kNoExtraData;
  const std::string corpus = read_file(folder / "corpus.en");
  const Vocabulary v = train_bpe(corpus, 500, {"<|endoftext|>"}, split_gpt2);
  std::vector<std::string> got, expected;
  for (const auto& [left, right] : v.merges) {
    got.push_back(shown_bytes(v.tokens[static_cast<std::size_t>(left)]) + " " +
                  shown_bytes(v.tokens[static_cast<std::size_t>(right)]));
  }
  std::ifstream file(folder / "train-bpe-reference-merges.txt");
  for (std::string line; std::getline(file, line);) expected.push_back(line);
  EXPECT_EQ(expected.size(), 243u);
  EXPECT_EQ(got, expected);
  EXPECT_EQ(v.tokens.size(), 500u);
}

// ---- files -----------------------------------------------------------------------------------

TEST(Ch01Published, AWrittenTokenizerReadsBackEqual) {
  Dice dice(51);
  const std::string text = random_tricky_text(dice, 3000);
  const Vocabulary v = train_bpe(text, 350, {"<|end|>"}, split_gpt2);
  TokenizerData data;
  data.vocab = v.tokens;
  for (const auto& [left, right] : v.merges) {
    data.merges.emplace_back(v.tokens[static_cast<std::size_t>(left)],
                             v.tokens[static_cast<std::size_t>(right)]);
  }
  data.added.push_back({"<|end|>", 0, true, false, false, false, false, false});

  std::string pattern = (fs::temp_directory_path() / "tokenwalk_XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  write_tokenizer_json(folder / "tokenizer.json", data);
  const PublishedTokenizer read = load_tokenizer(folder / "tokenizer.json");
  fs::remove_all(folder);

  EXPECT_EQ(read.tokenizer.vocabulary().tokens, v.tokens);
  EXPECT_EQ(read.tokenizer.vocabulary().merges, v.merges);
  const std::string sample = random_tricky_text(dice, 200) + "<|end|>";
  EXPECT_EQ(read.tokenizer.encode(sample), Tokenizer(v, split_gpt2).encode(sample));
}

TEST(Ch01Published, TinyHasItsSpecials) {
  const PublishedTokenizer tiny = load_tokenizer(data_path("tiny"));
  EXPECT_EQ(tiny.split, "gpt2");
  EXPECT_FALSE(tiny.add_bos);
  for (const std::string special : {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}) {
    const std::vector<int> ids = tiny.tokenizer.encode(special);
    ASSERT_EQ(ids.size(), 1u) << special;
    EXPECT_TRUE(tiny.tokenizer.is_special(ids[0]));
    EXPECT_GT(tiny.tokenizer.encode(special, false).size(), 1u);
    EXPECT_EQ(tiny.decode_shown(ids), "") << "control tokens are not shown";
    EXPECT_EQ(tiny.tokenizer.decode(ids), special);
  }
}

TEST(Ch01Published, ShownTextLeavesOutIdsBeyondTheVocabulary) {
  const PublishedTokenizer tiny = load_tokenizer(data_path("tiny"));
  std::vector<int> ids = tiny.tokenizer.encode("Once");
  ids.push_back(tiny.tokenizer.size() + 5);
  ids.push_back(-1);
  EXPECT_EQ(tiny.decode_shown(ids), "Once");
}

TEST(Ch01Published, BosGoesFirstWhereAsked) {
  PublishedTokenizer tiny = load_tokenizer(data_path("tiny"));
  const std::vector<int> plain = tiny.tokenizer.encode("Once");
  EXPECT_EQ(tiny.encode("Once", true, true), plain) << "without a BOS there is none to add";
  tiny.bos = 1;
  std::vector<int> with_bos = plain;
  with_bos.insert(with_bos.begin(), 1);
  EXPECT_EQ(tiny.encode("Once", true, true), with_bos);
  EXPECT_EQ(tiny.encode("Once", true, false), plain);
}

}  // namespace
}  // namespace tokenwalk
