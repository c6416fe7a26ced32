// `tokenwalk convert` with models of all kinds: stretched rotary positions, models without a
// tokenizer, tokenizers in the older form, and sources whose tensors are not those of their
// configuration. The models are those of data/golden/models.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "lib/base/data_path.h"
#include "lib/io/tensor_file.h"
#include "lib/io/widen.h"
#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

std::string golden_model(const std::string& name) {
  return (data_path("golden") / "models" / name).string();
}

std::string bytes_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Json json_of_file(const fs::path& path) {
  return Json::parse(bytes_of_file(path));
}

// A conversion that must succeed; the path it wrote.
std::string converted(const std::string& in, const fs::path& out) {
  const Outcome outcome = run_tokenwalk({"convert", in, out.string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return out.string();
}

void expect_not_converted(const std::string& in, const fs::path& out,
                          const std::vector<std::string>& says) {
  const Outcome outcome = run_tokenwalk({"convert", in, out.string()});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_FALSE(fs::exists(out)) << "nothing is written";
  for (const std::string& part : says) {
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " is not in " << outcome.err;
  }
}

Json logits_reply(const std::string& model) {
  std::vector<int> ids;
  for (int i = 0; i < 60; ++i) ids.push_back(i * 37 % 257);
  return answer({{"op", "logits"}, {"ids", ids}, {"rows", "all"}, {"full", true}},
                {"--model", model});
}

// By how much the logits of two models differ, in parts of the largest.
double distance(const std::string& a, const std::string& b) {
  const std::vector<float> x = floats_of_base64(logits_reply(a)["base64"]);
  const std::vector<float> y = floats_of_base64(logits_reply(b)["base64"]);
  EXPECT_EQ(x.size(), y.size());
  float largest = 0, difference = 0;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    largest = std::max(largest, std::abs(x[i]));
    difference = std::max(difference, std::abs(x[i] - y[i]));
  }
  return static_cast<double>(difference / largest);
}

Json scaling_of(const std::string& model) {
  const Outcome outcome = run_tokenwalk({"info", model, "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out, nullptr, false)["model"]["rope_scaling"];
}

// ---- rotary positions ------------------------------------------------------------------------

TEST(CliConvertModels, LinearScalingThereAndBack) {
  const TempFolder folder;
  const std::string before = golden_model("llama_linear");
  const std::string gguf = converted(before, folder.path() / "m.gguf");
  const std::string again = converted(gguf, folder.path() / "again.gguf");
  const std::string back = converted(gguf, folder.path() / "back");
  const Json expected = logits_reply(before);
  for (const std::string& model : {gguf, again, back}) {
    EXPECT_EQ(logits_reply(model)["sha256"], expected["sha256"]) << model;
    EXPECT_EQ(scaling_of(model), (Json{{"rope_type", "linear"}, {"factor", 2.5}})) << model;
  }
}

TEST(CliConvertModels, Llama3ScalingBecomesDivisorsAndComesBack) {
  const TempFolder folder;
  const std::string before = golden_model("llama_llama3");
  const std::string gguf = converted(before, folder.path() / "m.gguf");
  const std::string again = converted(gguf, folder.path() / "again.gguf");
  const std::string back = converted(gguf, folder.path() / "back");
  const Json expected = logits_reply(before);
  for (const std::string& model : {gguf, again, back}) {
    EXPECT_EQ(logits_reply(model)["sha256"], expected["sha256"]) << model;
  }
  EXPECT_EQ(scaling_of(back), scaling_of(before));
  EXPECT_EQ(scaling_of(before)["original_max_position_embeddings"], 24);

  // The file that the Python package gguf wrote has the same divisors.
  const auto ours = open_tensor_file(gguf), theirs = open_tensor_file(before + ".gguf");
  const std::vector<float> a = widen(ours->at("rope_freqs.weight"));
  const std::vector<float> b = widen(theirs->at("rope_freqs.weight"));
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6f * b[i]) << i;
}

TEST(CliConvertModels, DivisorsOfSomebodyElseBecomeLlama3Scaling) {
  const TempFolder folder;
  const std::string gguf = golden_model("llama_llama3.gguf");
  const std::string back = converted(gguf, folder.path() / "back");
  EXPECT_EQ(scaling_of(back), scaling_of(golden_model("llama_llama3")));
  EXPECT_LT(distance(gguf, back), 1e-5);
}

TEST(CliConvertModels, WhatTheOtherFormCannotSayIsRefused) {
  const TempFolder folder;
  expect_not_converted(
      golden_model("llama_dynamic"), folder.path() / "m.gguf",
      {"rotary", "found:    dynamic", "expected: default, linear or llama3", "hint:"});
  converted(golden_model("llama_dynamic"), folder.path() / "folder");

  std::string bytes = bytes_of_file(golden_model("llama_llama3.gguf"));
  const std::size_t place = bytes.find(float_bytes({8, 8, 8, 8}));
  ASSERT_NE(place, std::string::npos);
  bytes.replace(place + 4, 4, float_bytes({5}));
  const fs::path strange = folder.write("strange.gguf", bytes);
  expect_not_converted(strange.string(), folder.path() / "s", {"rope_freqs.weight", ".gguf"});
  converted(strange.string(), folder.path() / "same.gguf");
}

// ---- what a source lacks ---------------------------------------------------------------------

TEST(CliConvertModels, AModelWithoutATokenizer) {
  const TempFolder folder;
  for (const char* name : {"llama_bias", "qwen2", "qwen3_bias"}) {
    const std::string gguf =
        converted(golden_model(name), folder.path() / (name + std::string(".gguf")));
    const std::string back = converted(gguf, folder.path() / name);
    const Json expected = logits_reply(golden_model(name))["sha256"];
    EXPECT_EQ(logits_reply(gguf)["sha256"], expected) << name;
    EXPECT_EQ(logits_reply(back)["sha256"], expected) << name;
  }
}

TEST(CliConvertModels, EndsOfTextComeAlongWithoutATokenizer) {
  const TempFolder folder;
  fs::copy(golden_model("qwen2"), folder.path() / "model");
  Json config = json_of_file(folder.path() / "model" / "config.json");
  config["eos_token_id"] = {7, 9};
  std::ofstream(folder.path() / "model" / "config.json") << config;
  const std::string gguf = converted((folder.path() / "model").string(), folder.path() / "m.gguf");
  const std::string back = converted(gguf, folder.path() / "back");
  EXPECT_EQ(json_of_file(fs::path(back) / "config.json")["eos_token_id"], (Json{7, 9}));
}

TEST(CliConvertModels, ASourceThatWouldNotLoadIsRefusedBeforeWriting) {
  const TempFolder folder;
  const fs::path model = folder.path() / "model";
  const auto with = [&](const char* key, int value) {
    fs::remove_all(model);
    fs::copy(golden_model("qwen3"), model);
    Json config = json_of_file(model / "config.json");
    config[key] = value;
    std::ofstream(model / "config.json") << config;
    return model.string();
  };
  for (const char* out : {"o.gguf", "o"}) {
    expect_not_converted(
        with("num_hidden_layers", 4), folder.path() / out,
        {"tensors are missing", "found:    11: model.layers.3.", "expected: all 47"});
    expect_not_converted(with("intermediate_size", 21), folder.path() / out,
                         {"mlp.gate_proj.weight has the wrong shape", "[20, 10]", "[21, 10]"});
  }
}

// ---- the older form of a tokenizer -----------------------------------------------------------

// The bundled model with vocab.json and merges.txt instead of tokenizer.json.
void write_older_form(const fs::path& model) {
  fs::copy(data_path("tiny"), model);
  const Json tree = json_of_file(model / "tokenizer.json");
  fs::remove(model / "tokenizer.json");
  std::ofstream(model / "vocab.json") << tree["model"]["vocab"];
  std::ofstream merges(model / "merges.txt");
  merges << "#version: 0.2\n";
  for (const Json& merge : tree["model"]["merges"]) {
    merges << merge[0].get<std::string>() << " " << merge[1].get<std::string>() << "\n";
  }
}

TEST(CliConvertModels, VocabAndMergesCarryTheTokenizer) {
  const TempFolder folder;
  const fs::path model = folder.path() / "older";
  write_older_form(model);
  const std::string gguf = converted(model.string(), folder.path() / "m.gguf");
  const std::string copied = converted(model.string(), folder.path() / "copied");
  const std::string back = converted(gguf, folder.path() / "back");
  const Json request = {{"op", "encode"}, {"text", "Once upon<|im_end|> a time, 很久以前 123"}};
  const Json expected = answer(request)["ids"];
  for (const std::string& path : {model.string(), gguf, copied, back}) {
    EXPECT_EQ(answer(request, {"--model", path})["ids"], expected) << path;
    EXPECT_NE(run_tokenwalk({"info", path}).out.find("2,048 tokens, 1,789 merges"),
              std::string::npos)
        << path;
  }
  EXPECT_TRUE(fs::exists(fs::path(copied) / "merges.txt"));
  EXPECT_TRUE(fs::exists(fs::path(back) / "tokenizer.json"));
}

}  // namespace
}  // namespace tokenwalk
