// Model folders with one broken file, through the real program with little memory and little time.
// Beside bad_files_test.cpp, which breaks single files.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lib/base/data_path.h"
#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSlow = true;  // maps terabytes, takes its time
#else
constexpr bool kSlow = false;
#endif

// A copy of the bundled model with one file replaced.
struct BadModel {
  std::string what;
  std::string file;
  std::string bytes;
  std::string says;  ///< somewhere in the message
};

std::string text_of(const char* name) {
  std::ifstream file(data_path("tiny") / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The file of the bundled model with one text in place of another.
std::string with_change(const char* name, const std::string& from, const std::string& to) {
  std::string text = text_of(name);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << name;
  return text.replace(at, from.size(), to);
}

std::string tiny_config(const std::string& from, const std::string& to) {
  return with_change("config.json", from, to);
}

std::string tiny_words(const std::string& from, const std::string& to) {
  return with_change("tokenizer.json", from, to);
}

void expect_refused_by(const std::string& command, const fs::path& model, const BadModel& bad) {
  Limits limits;
  if (!kSlow) limits.address_space = (std::uint64_t{2} << 30) + fs::file_size(model / bad.file);
  const Outcome outcome = run_tokenwalk({command, "--model", model.string()}, "", {}, limits);
  EXPECT_TRUE(ended_by_itself(outcome)) << "signal " << outcome.signal << ": " << outcome.err;
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  for (const std::string& part : {std::string("tokenwalk: "), std::string("\n  found:    "),
                                  std::string("\n  expected: "), model.string() + "/", bad.says}) {
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\nis not in " << outcome.err;
  }
  EXPECT_TRUE(kSlow || outcome.seconds < 1) << outcome.seconds << " s";
}

void expect_all_refused_by(const std::string& command, const std::vector<BadModel>& models) {
  for (const BadModel& bad : models) {
    SCOPED_TRACE(bad.what);
    const TempFolder folder;
    const fs::path model = folder.path() / "model";
    fs::copy(data_path("tiny"), model);
    fs::remove(model / bad.file);
    folder.write("model/" + bad.file, bad.bytes);
    expect_refused_by(command, model, bad);
  }
}

TEST(BadModels, Configurations) {
  const std::string deep(100'000, '['), name = "config.json";
  expect_all_refused_by(
      "generate",
      {{"a list", name, "[]", "found:    an array"},
       {"not UTF-8", name, "{\"\xFF\": 1}", "not valid JSON"},
       {"cut", name, text_of("config.json").substr(0, 100), "not valid JSON"},
       {"a key twice", name, tiny_config("{", "{\"vocab_size\": 1, \"vocab_size\": 2, "), "twice"},
       {"nested 100,000 deep", name, "{\"a\": " + deep, "too deeply"},
       {"0 heads", name, tiny_config("\"num_attention_heads\": 6", "\"num_attention_heads\": 0"),
        "found:    0"},
       {"10^12 layers", name,
        tiny_config("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 1000000000000"),
        "found:    1000000000000"},
       {"the most layers that there may be", name,
        tiny_config("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 16384"),
        "180180: model.layers.4."},
       {"2^63 ids", name,
        tiny_config("\"vocab_size\": 2048", "\"vocab_size\": 9223372036854775808"),
        "9223372036854775808"},
       {"the most ids that there may be", name,
        tiny_config("\"vocab_size\": 2048", "\"vocab_size\": 16777216"), "[16777216, 128]"},
       {"another shape", name,
        tiny_config("\"intermediate_size\": 256", "\"intermediate_size\": 257"), "[256, 128]"},
       {"a separate head that is not there", name,
        tiny_config("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false"),
        "found:    1: lm_head.weight"},
       {"an EOS id that is no token", "generation_config.json", "{\"eos_token_id\": 1e99}",
        "eos_token_id"}});
}

TEST(BadModels, Tokenizers) {
  const std::string deep(100'000, '['), name = "tokenizer.json";
  expect_all_refused_by(
      "generate",
      {{"a list", name, "[]", "found:    "},
       {"not UTF-8", name, tiny_words("\"Once\"", "\"\xFF\""), "not valid JSON"},
       {"cut", name, text_of("tokenizer.json").substr(0, 10'000), "not valid JSON"},
       {"nested 100,000 deep", name, "{\"a\": " + deep, "too deeply"},
       {"a key twice", name, tiny_words("\"added_tokens\"", "\"model\": 1, \"added_tokens\""),
        "twice"},
       {"an id of 2^40", name, tiny_words("\"!\": 3", "\"!\": 1099511627776"), "1099511627776"},
       {"an id twice", name, tiny_words("\"!\": 3", "\"!\": 4"), "4"},
       {"another kind of model", name, tiny_words("\"type\": \"BPE\"", "\"type\": \"Unigram\""),
        "Unigram"}});
}

TEST(BadModels, Indexes) {
  const std::string name = "model.safetensors.index.json";
  const TempFolder folder;
  const fs::path model = folder.path() / "model";
  fs::copy(data_path("tiny"), model);
  fs::remove(model / "model.safetensors");
  const std::vector<BadModel> indexes = {
      {"no JSON", name, "{", "not valid JSON"},
      {"no map", name, "{}", "weight_map"},
      {"a file that is not there", name, R"({"weight_map": {"a": "no.safetensors"}})",
       "no.safetensors"},
      {"a file outside of the folder", name, R"({"weight_map": {"a": "../x.safetensors"}})",
       "../x.safetensors"},
      {"a name twice", name, R"({"weight_map": {"a": "b.safetensors", "a": "c.safetensors"}})",
       "twice"}};
  for (const BadModel& bad : indexes) {
    SCOPED_TRACE(bad.what);
    folder.write("model/" + name, bad.bytes);
    expect_refused_by("generate", model, bad);
  }
}

TEST(BadModels, ConvertRefusesThemToo) {
  const TempFolder folder;
  const fs::path model = folder.path() / "model", out = folder.path() / "out";
  fs::copy(data_path("tiny"), model);
  fs::remove(model / "config.json");
  folder.write("model/config.json",
               tiny_config("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 5"));
  const Outcome outcome = run_tokenwalk({"convert", model.string(), out.string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("11: model.layers.4."), std::string::npos) << outcome.err;
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace tokenwalk
