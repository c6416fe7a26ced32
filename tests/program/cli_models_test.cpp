// The program with models that other people made: without a tokenizer, with sampling values of
// their own, with NaN in their weights. The models are those of data/golden/models.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "lib/base/data_path.h"
#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

std::string golden(const std::string& name) {
  return (data_path("golden") / "models" / name).string();
}

Outcome generate_with(const std::string& model, Arguments flags) {
  const Arguments first = {"generate", "--model", model};
  flags.insert(flags.begin(), first.begin(), first.end());
  const Outcome outcome = run_tokenwalk(flags);
  EXPECT_TRUE(ended_by_itself(outcome)) << outcome.err;
  return outcome;
}

Json generate_json(const std::string& model, Arguments flags) {
  flags.push_back("--json");
  const Outcome outcome = generate_with(model, flags);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out, nullptr, false);
}

const Arguments kShort = {"--prompt-tokens", "1,2,3", "--max-new-tokens", "5"};

Arguments with(Arguments flags, const Arguments& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

// ---- no tokenizer ----------------------------------------------------------------------------

TEST(CliModels, IdsGoInAndComeOutWithoutATokenizer) {
  for (const char* name : {"transformer_lm", "qwen2", "llama.gguf", "llama_linear"}) {
    SCOPED_TRACE(name);
    const Json reply = generate_json(golden(name), with(kShort, {"--check"}));
    ASSERT_TRUE(reply.is_object());
    EXPECT_EQ(reply["samples"][0]["ids"].size(), 5u);
    EXPECT_TRUE(reply["samples"][0]["text"].is_null());
    EXPECT_EQ(reply["logits_differ"], 0);
    std::string line = "1 2 3";
    for (const Json& id : reply["samples"][0]["ids"]) line += " " + id.dump();
    EXPECT_EQ(generate_with(golden(name), kShort).out, line + "\n");
  }
}

TEST(CliModels, WordsNeedATokenizer) {
  const Outcome outcome = generate_with(golden("transformer_lm"), {"--prompt", "Hello"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("transformer_lm has no tokenizer"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("--prompt-tokens"), std::string::npos) << outcome.err;
}

TEST(CliModels, JsonlServesIdsWithoutATokenizer) {
  const Arguments flags = {"--model", golden("transformer_lm")};
  const Json info = answer({{"op", "info"}}, flags);
  EXPECT_EQ(info["model"]["architecture"], "TransformerLM");
  EXPECT_FALSE(info.contains("tokenizer"));
  const Json reply = answer({{"op", "generate"}, {"ids", {1, 2, 3}}, {"max_new_tokens", 4}}, flags);
  EXPECT_EQ(reply["samples"][0]["ids"].size(), 4u);
  EXPECT_TRUE(reply["samples"][0]["text"].is_null());
  EXPECT_NE(error_code({{"op", "generate"}, {"prompt", "a"}}, flags), "");
}

// ---- generation_config.json ------------------------------------------------------------------

// A copy of a golden model that may be changed.
struct OwnModel {
  explicit OwnModel(const std::string& name) {
    fs::copy(golden(name), folder.path(), fs::copy_options::recursive);
  }
  std::string path() const { return folder.path().string(); }

  TempFolder folder;
};

TEST(CliModels, TakesSamplingValuesOfTheModelUnlessAFlagIsGiven) {
  const OwnModel model("qwen2");
  model.folder.write("generation_config.json",
                     R"({"do_sample": true, "temperature": 0.5, "top_k": 3, "top_p": 0.25})");
  const Json reply = generate_json(model.path(), with(kShort, {"--top-k", "9"}));
  EXPECT_EQ(reply["from_generation_config"], (Json{"--temperature 0.5", "--top-p 0.25"}));
  const Arguments same = {"--temperature", "0.5", "--top-k", "9", "--top-p", "0.25"};
  const Json by_flags = generate_json(golden("qwen2"), with(kShort, same));
  EXPECT_EQ(reply["samples"], by_flags["samples"]);
  EXPECT_EQ(by_flags["from_generation_config"], Json::array());
  EXPECT_NE(generate_with(model.path(), kShort)
                .err.find("from generation_config.json: --temperature 0.5"),
            std::string::npos);
}

TEST(CliModels, AModelThatDoesNotSampleIsGreedy) {
  const OwnModel model("qwen2");
  model.folder.write("generation_config.json", R"({"do_sample": false, "temperature": 0.9})");
  EXPECT_EQ(generate_json(model.path(), kShort)["samples"],
            generate_json(golden("qwen2"), with(kShort, {"--temperature", "0"}))["samples"]);
}

TEST(CliModels, EveryEosIdOfTheModelEndsAText) {
  const Arguments greedy = with(kShort, {"--temperature", "0"});
  const Json ids = generate_json(golden("qwen2"), greedy)["samples"][0]["ids"];
  for (const std::size_t end : {0u, 2u}) {
    const auto first = std::find(ids.begin(), ids.end(), ids[end]) - ids.begin();
    const OwnModel model("qwen2");
    model.folder.write("generation_config.json", Json{{"eos_token_id", {256, ids[end]}}}.dump());
    const Json sample = generate_json(model.path(), greedy)["samples"][0];
    EXPECT_EQ(sample["finish"], "eos");
    EXPECT_EQ(sample["ids"].size(), static_cast<std::size_t>(first) + 1);
  }
}

TEST(CliModels, RefusesBadSamplingValues) {
  for (const char* bad : {R"({"temperature": -1})", R"({"top_p": 1.5})", R"({"top_k": "many"})",
                          R"({"min_p": -0.1})", R"({"top_k": 1e30})", "[1]"}) {
    SCOPED_TRACE(bad);
    const OwnModel model("qwen2");
    model.folder.write("generation_config.json", bad);
    const Outcome outcome = generate_with(model.path(), kShort);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find("generation_config.json"), std::string::npos) << outcome.err;
  }
}

// ---- weights ---------------------------------------------------------------------------------

// The embedding table comes first in the file and is the head as well: its row 0 gives logit 0.
TEST(CliModels, NanWeightsLoadAndGenerationNamesTheLogit) {
  const OwnModel model("qwen2");
  const std::string path = model.path() + "/model.safetensors";
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const std::size_t header =
      static_cast<unsigned char>(bytes[0]) + 256u * static_cast<unsigned char>(bytes[1]) + 8;
  ASSERT_LT(bytes.find("\"model.embed_tokens.weight\""), header);
  file.seekp(static_cast<std::streamoff>(header));
  file.write("\0\0\xc0\x7f", 4);  // NaN
  file.close();

  const Outcome outcome = generate_with(model.path(), kShort);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("NaN at id 0"), std::string::npos) << outcome.err;
  const Json logits =
      answer({{"op", "logits"}, {"ids", {1}}, {"full", true}}, {"--model", model.path()});
  EXPECT_TRUE(std::isnan(floats_of_base64(logits["base64"])[0]));
  const Json request = {{"ids", {1, 2}}};
  for (Json asked : {Json{{"op", "score"}, {"ids", {1, 2}}},
                     Json{{"op", "batch"}, {"requests", Json::array({request})}}}) {
    EXPECT_EQ(error_code(asked, {"--model", model.path()}), "bad_file") << asked;
  }
}

TEST(CliModels, TellsOfTensorsThatItDoesNotUse) {
  const OwnModel model("qwen2");
  const std::string path = model.path() + "/config.json";
  std::ifstream in(path);
  Json config = Json::parse(in);
  config["num_hidden_layers"] = 2;
  model.folder.write("config.json", config.dump());
  const Outcome outcome = generate_with(model.path(), kShort);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.err.find("note: tensors that the model does not use, 12: model.layers.2."),
            std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace tokenwalk
