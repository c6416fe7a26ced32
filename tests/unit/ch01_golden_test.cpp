// Ids by Hugging Face's tokenizers (and tiktoken, which agreed): tools/tokenizers/make_golden.py.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "lib/base/data_path.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path golden_folder() {
  return data_path("tiny").parent_path() / "golden/tokenizers";
}

json read_golden(const char* name) {
  std::ifstream file(golden_folder() / name, std::ios::binary);
  EXPECT_TRUE(file) << golden_folder() / name;
  return json::parse(file);
}

// The texts; a pair of a unit and a number stands for that many units.
const std::vector<std::string>& texts() {
  static const std::vector<std::string> read = [] {
    std::vector<std::string> all;
    for (const json& entry : read_golden("texts.json")) {
      if (entry.is_string()) {
        all.push_back(entry.get<std::string>());
        continue;
      }
      all.emplace_back();
      for (int i = 0; i < entry[1].get<int>(); ++i) all.back() += entry[0].get<std::string>();
    }
    return all;
  }();
  return read;
}

const json& hashes() {
  static const json read = read_golden("hashes.json");
  return read;
}

// FNV-1a over the ids as little-endian uint32.
std::string hash_of(const std::vector<int>& ids) {
  std::uint32_t value = 0x811C9DC5u;
  for (const int id : ids) {
    for (int shift = 0; shift < 32; shift += 8) {
      value = (value ^ ((static_cast<std::uint32_t>(id) >> shift) & 0xFF)) * 0x01000193u;
    }
  }
  char text[9];
  std::snprintf(text, sizeof text, "%08x", value);
  return text;
}

// Compares every text's ids; shows the first that differ.
void expect_hashes(const PublishedTokenizer& tokenizer, const json& expected, bool specials) {
  const std::string digits = expected.get<std::string>();
  ASSERT_EQ(digits.size(), 8 * texts().size());
  ASSERT_GT(texts().size(), 4000u);
  int shown = 0;
  for (std::size_t i = 0; i < texts().size() && shown < 5; ++i) {
    const std::vector<int> ids =
        tokenizer.encode(texts()[i], specials, specials && tokenizer.add_bos);
    if (digits.compare(8 * i, 8, hash_of(ids)) == 0) continue;
    ++shown;
    ADD_FAILURE() << "text " << i << ": " << json(texts()[i].substr(0, 300)).dump() << "\n  ids "
                  << testing::PrintToString(ids);
  }
}

class Ch01Golden : public testing::TestWithParam<const char*> {};

TEST_P(Ch01Golden, EncodesLikeTheTokenizersLibrary) {
  const std::string name = GetParam();
  const PublishedTokenizer tokenizer = load_tokenizer(golden_folder() / (name + ".json"));
  expect_hashes(tokenizer, hashes()["hashes"][name], true);
  expect_hashes(tokenizer, hashes()["plain"][name], false);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Ch01Golden,
                         testing::Values("gpt2", "gpt2_prefix", "gpt2_whole", "qwen2", "llama3",
                                         "smollm", "flags", "plain", "digits", "previous", "next",
                                         "contiguous", "contiguous_invert", "lines"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST(Ch01GoldenFiles, AllAreTested) {
  EXPECT_EQ(hashes()["hashes"].size(), 14u);
  EXPECT_EQ(hashes()["published"].size(), 3u);
}

// Published vocabularies are not part of the project: $TOKENWALK_EXTRA_DATA/tokenizers/NAME.
void expect_published(const char* name) {
  const char* folder = std::getenv("TOKENWALK_EXTRA_DATA");
  if (folder == nullptr) GTEST_SKIP() << "TOKENWALK_EXTRA_DATA is not set";
  const fs::path path = fs::path(folder) / "tokenizers" / name / "tokenizer.json";
  if (!fs::exists(path)) GTEST_SKIP() << "no " << path;
  expect_hashes(load_tokenizer(path), hashes()["published"][name], true);
}

TEST(Ch01GoldenFiles, Gpt2) {
  expect_published("gpt2");
}

TEST(Ch01GoldenFiles, Qwen3) {
  expect_published("qwen3");
}

TEST(Ch01GoldenFiles, Smollm2) {
  const fs::path model =
      data_path("tiny").parent_path().parent_path() / "models/SmolLM2-135M-Instruct.Q4_1.gguf";
  if (!fs::exists(model)) GTEST_SKIP() << "no " << model.filename() << ": tools/get_model smollm2";
  expect_hashes(load_tokenizer(model), hashes()["published"]["smollm2"], true);
}

}  // namespace
}  // namespace tokenwalk
