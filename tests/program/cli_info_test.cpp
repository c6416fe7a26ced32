// `tokenwalk info`: the machine, models, and files without a model in them.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "lib/base/data_path.h"
#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

std::string info(const fs::path& path, const char* flag = nullptr) {
  Arguments arguments = {"info", path.string()};
  if (flag != nullptr) arguments.emplace_back(flag);
  const Outcome outcome = run_tokenwalk(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome.out;
}

Json info_json(const fs::path& path) {
  const Json reply = Json::parse(info(path, "--json"), nullptr, false);
  EXPECT_TRUE(reply.is_object()) << path;
  return reply;
}

void expect_says(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << "expected: " << part << "\nin: " << text;
  }
}

// A Llama of one layer without its weights, as GGUF keys.
GgufWriter llama_keys() {
  GgufWriter writer = small_gguf_tokenizer();
  writer.text("general.architecture", "llama").number("llama.block_count", 3);
  writer.number("llama.embedding_length", 64).number("llama.feed_forward_length", 128);
  writer.number("llama.attention.head_count", 4).number("llama.attention.head_count_kv", 2);
  writer.number("llama.context_length", 100);
  writer.key("llama.attention.layer_norm_rms_epsilon", 6, bytes_of(1e-5f));
  return writer;
}

TEST(CliInfo, OfTheMachine) {
  const Outcome text = run_tokenwalk({"info"});
  expect_says(text.out, {"reference", "threads"});
  const Json json = Json::parse(run_tokenwalk({"info", "--json"}).out, nullptr, false);
  EXPECT_EQ(json["kernels"][0], "reference");
  EXPECT_GE(json["threads"], 1);
}

TEST(CliInfo, OfAModelFolder) {
  const std::string text = info(data_path("tiny"));
  expect_says(text, {"Qwen3ForCausalLM", "918,912", "f32", "F32 in 46 tensors, 3,675,648 bytes",
                     "2,048 tokens", "2 x 4 x 2 x 32 x 4 = 2,048 bytes", "1,024 positions"});
}

TEST(CliInfo, JsonAgreesWithTheProtocol) {
  const Json by_command = info_json(data_path("tiny"));
  const Json by_protocol = answer({{"op", "info"}});
  for (const auto& [key, value] : by_protocol["model"].items()) {
    const Json& place = key == "precision" ? by_command : by_command["model"];
    EXPECT_EQ(place[key], value) << key;
  }
  EXPECT_EQ(by_command["tokenizer"]["vocab"], by_protocol["tokenizer"]["vocab"]);
  EXPECT_EQ(by_command["kv_cache"]["bytes_per_position"], 2048);
  EXPECT_EQ(by_command["kv_cache"]["bytes_for_context"], 2048 * 1024);
  EXPECT_EQ(by_command["tensors"].size(), 46u);
  EXPECT_EQ(by_command["elements"], by_protocol["model"]["parameters"]);
}

// What sets the models of data/golden/models apart.
TEST(CliInfo, NamesScalingBiasesNormsAndHead) {
  const auto golden = [](const char* name) { return data_path("golden") / "models" / name; };
  expect_says(info(golden("llama")), {"not scaled", "biases         none", "QK-norm        no",
                                      "separate head", "f32 stored, f32 when run"});
  expect_says(info(golden("llama_bias")), {"Q, K, V, O, gate, up, down", "tied to the embedding"});
  expect_says(info(golden("llama_linear")), {"linear scaling by 2.5", "f16 stored, f32 when run"});
  expect_says(info(golden("llama_dynamic")), {"dynamic scaling by 3"});
  expect_says(info(golden("llama_llama3")),
              {"llama3 scaling by 8 from 24 positions, factors 1 and 4"});
  expect_says(info(golden("llama_llama3.gguf")),
              {"divided by rope_freqs.weight, 1.055500507 to 8"});
  expect_says(info(golden("qwen2")), {"biases         Q, K, V\n"});
  expect_says(info(golden("qwen3_bias")), {"biases         Q, K, V, O\n", "QK-norm        yes"});

  const Json model = info_json(golden("llama_llama3"))["model"];
  EXPECT_EQ(model["rope_scaling"], (Json{{"rope_type", "llama3"},
                                         {"factor", 8.0},
                                         {"low_freq_factor", 1.0},
                                         {"high_freq_factor", 4.0},
                                         {"original_max_position_embeddings", 24.0}}));
  EXPECT_EQ(model["qk_norm"], false);
  EXPECT_EQ(info_json(golden("qwen3_bias"))["model"]["o_bias"], true);
  EXPECT_EQ(info_json(golden("llama_linear.gguf"))["run_precision"], "f32");
}

TEST(CliInfo, TensorsThatDoNotFitTheConfiguration) {
  const TempFolder folder;
  for (const char* name : {"config.json", "model.safetensors"}) {
    fs::copy(data_path("tiny") / name, folder.path() / name);
  }
  const auto with_layers = [&](int layers) {
    Json config = Json::parse(read_file(data_path("tiny") / "config.json"));
    config["num_hidden_layers"] = layers;
    folder.write("config.json", config.dump());
  };
  with_layers(3);
  expect_says(info(folder.path()), {"not used       tensors, 11: model.layers.3.", ", ...\n"});
  const Json fewer = info_json(folder.path());
  EXPECT_EQ(fewer["unused_tensors"]["count"], 11);
  EXPECT_EQ(fewer["unused_tensors"]["first"].size(), 3u);
  EXPECT_TRUE(fewer["weights_problem"].is_null());
  with_layers(5);
  expect_says(info(folder.path()), {"weights        cannot be used", "tensors are missing",
                                    "found 11: model.layers.4."});
  EXPECT_EQ(info_json(folder.path())["unused_tensors"]["count"], 0);
}

TEST(CliInfo, ALoneSafetensorsFileListsItsTensors) {
  const fs::path path = data_path("tiny") / "model.safetensors";
  expect_says(info(path), {"model.embed_tokens.weight", "[2048, 128]", "1,048,576", "46 tensors"});
  const Json json = info_json(path);
  EXPECT_TRUE(json["model"].is_null());
  EXPECT_EQ(json["tensors"][0]["name"], "model.embed_tokens.weight");
  EXPECT_EQ(json["tensors"][0]["shape"], Json({2048, 128}));
  EXPECT_EQ(json["keys"]["format"], "\"pt\"");
}

TEST(CliInfo, LoneJsonFiles) {
  expect_says(info(data_path("tiny") / "config.json"),
              {"Qwen3ForCausalLM", "918,912", "no weights"});
  expect_says(info(data_path("tiny") / "tokenizer.json"), {"2,048 tokens", "1,789 merges", "gpt2"});
}

TEST(CliInfo, AFolderWithPartsOfAModel) {
  for (const char* name : {"config.json", "tokenizer.json", "model.safetensors"}) {
    const TempFolder folder;
    fs::copy(data_path("tiny") / name, folder.path() / name);
    EXPECT_NE(info(folder.path()).find("Hugging Face folder"), std::string::npos) << name;
  }
}

TEST(CliInfo, SeveralFilesWithAnIndex) {
  const TempFolder folder;
  const std::string one = R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})";
  const std::string two = R"({"b": {"dtype": "BF16", "shape": [8], "data_offsets": [0, 16]}})";
  folder.write("1.safetensors", safetensors_bytes(one, std::string(8, '\0')));
  folder.write("2.safetensors", safetensors_bytes(two, std::string(16, '\0')));
  const auto index =
      folder.write("model.safetensors.index.json",
                   R"({"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}})");
  for (const fs::path& path : {index, folder.path()}) {
    const Json json = info_json(path);
    EXPECT_EQ(json["precision"], "bf16") << "the type with most bytes";
    EXPECT_EQ(json["stored"], Json::parse(R"([{"type": "BF16", "tensors": 1, "bytes": 16},
                                              {"type": "F32", "tensors": 1, "bytes": 8}])"));
  }
}

TEST(CliInfo, AGgufFileWithoutWeights) {
  const TempFolder folder;
  const auto vocabulary = folder.write("v.gguf", small_gguf_tokenizer().bytes());
  expect_says(info(vocabulary), {"GGUF file, version 3", "8 tokens", "tokenizer.ggml.pre"});

  const auto keys = folder.write("k.gguf", llama_keys().bytes());
  expect_says(info(keys), {"LlamaForCausalLM", "4 query, 2 key/value, 16 dimensions",
                           "2 x 3 x 2 x 16 x 4 = 768 bytes", "no tensors"});
}

TEST(CliInfo, WhatCannotBeRunIsStillListed) {
  const TempFolder folder;
  GgufWriter writer;
  writer.text("general.architecture", "new-kind").number("new-kind.block_count", 7);
  writer.text("tokenizer.ggml.model", "sentences");
  writer.tensor("w", {256}, 10, 0).data(std::string(84, 'x'));
  const auto path = folder.write("m.gguf", writer.bytes());
  expect_says(info(path), {"new-kind.block_count = 7", "cannot be used", "Q2_K in 1 tensor, 84",
                           "\"sentences\""});
  const Json json = info_json(path);
  EXPECT_EQ(json["model_problem"]["found"], "new-kind");
  EXPECT_EQ(json["precision"], "q2_k");
}

TEST(CliInfo, AFolderThatCannotBeRunShowsItsConfiguration) {
  const TempFolder folder;
  fs::copy(data_path("tiny") / "model.safetensors", folder.path() / "model.safetensors");
  folder.write("config.json", R"({"architectures": ["NewForCausalLM"], "hidden_size": 7})");
  expect_says(info(folder.path()), {"cannot be used", "NewForCausalLM", "hidden_size = 7"});
}

TEST(CliInfo, ABrokenFileIsRefused) {
  const TempFolder folder;
  const std::string whole = read_file(data_path("tiny") / "model.safetensors");
  const auto path = folder.write("m.safetensors", whole.substr(0, whole.size() - 4));
  for (const char* flag : {"--json", "--"}) {
    const Outcome outcome = run_tokenwalk({"info", flag, path.string()});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    expect_says(outcome.err, {path.string(), "found:", "expected:", "hint:"});
  }
}

}  // namespace
}  // namespace tokenwalk
