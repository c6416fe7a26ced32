// Requests about files that a test writes: texts, tokenizers, models with something missing.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "lib/base/data_path.h"
#include "tests/program/jsonl_client.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

class JsonlFiles : public testing::Test {
 protected:
  JsonlFiles() {
    std::string pattern = (fs::temp_directory_path() / "tokenwalk-jsonl-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~JsonlFiles() override { fs::remove_all(folder_); }

  std::string file(const char* name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

TEST_F(JsonlFiles, AnEmptyFileIsAnEmptyText) {
  std::ofstream(file("empty")) << "";
  EXPECT_EQ(answer({{"op", "train_tokenizer"}, {"path", file("empty")}, {"vocab_size", 260}}),
            answer({{"op", "train_tokenizer"}, {"text", ""}, {"vocab_size", 260}}));
}

// An added token need not be special: text, not control.
TEST_F(JsonlFiles, SpecialsAreTheControlTokens) {
  std::ofstream(file("t.json")) << R"({"added_tokens": [
    {"id": 2, "content": "<think>", "special": false}, {"id": 3, "content": "<|end|>", "special": true}],
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}})";
  const Arguments flags = {"--tokenizer", file("t.json")};
  EXPECT_EQ(answer({{"op", "info"}}, flags)["tokenizer"]["specials"], (Json{{"<|end|>", 3}}));
  const Json request = {{"op", "decode"}, {"ids", {0, 2, 3}}, {"skip_specials", true}};
  EXPECT_EQ(answer(request, flags)["text"], "a<think>");
}

// ---- models with and without a tokenizer -----------------------------------------------------

class JsonlModels : public JsonlFiles {
 protected:
  // The bundled model without these files.
  std::string model_without(const std::vector<std::string>& names) {
    const fs::path model = fs::path(file("model"));
    fs::copy(data_path("tiny"), model);
    for (const std::string& name : names) fs::remove(model / name);
    return model.string();
  }
};

TEST_F(JsonlModels, IdsAloneNeedNoTokenizer) {
  const Arguments flags = {"--model", model_without({"tokenizer.json", "tokenizer_config.json"})};
  const Json logits = {{"op", "logits"}, {"ids", {300, 301}}};
  EXPECT_EQ(answer(logits, flags), answer(logits));
  const Json generate = {{"op", "generate"}, {"ids", {300, 301}}, {"max_new_tokens", 4}};
  Json expected = answer(generate);
  expected["samples"][0]["text"] = nullptr;
  EXPECT_EQ(answer(generate, flags), expected);
  EXPECT_FALSE(answer({{"op", "info"}}, flags).contains("tokenizer"));
  EXPECT_EQ(error_code(Json{{"op", "encode"}, {"text", "a"}}, flags), "bad_file");
}

// The model's own end of text ends it, whatever tokenizer serves.
TEST_F(JsonlModels, AnotherTokenizerLeavesTheModelsEnds) {
  const std::string model = model_without({});
  std::ifstream file(model + "/config.json");
  std::string config(std::istreambuf_iterator<char>(file), {});
  config.replace(config.find("\"eos_token_id\""), 14, "\"no_eos\"");
  std::ofstream(model + "/config.json") << config;
  const std::string prompt = "<|im_start|>user\n1+1是多少？<|im_end|>\n<|im_start|>assistant\n";
  const Json request = {
      {"op", "generate"}, {"prompt", prompt}, {"max_new_tokens", 30}, {"temperature", 0}};
  const Json expected = answer(request)["samples"];
  ASSERT_EQ(expected[0]["finish"], "eos");
  EXPECT_EQ(answer(request,
                   {"--model", model, "--tokenizer", data_path("tiny/tokenizer.json")})["samples"],
            expected);
}

}  // namespace
}  // namespace tokenwalk
