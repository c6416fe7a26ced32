// `tokenwalk convert`: the same model in other files, and what it refuses.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "lib/base/data_path.h"
#include "lib/io/tensor_file.h"
#include "lib/io/widen.h"
#include "lib/io/write_safetensors.h"
#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

std::string tiny() {
  return data_path("tiny").string();
}

Outcome run_convert(Arguments arguments) {
  arguments.insert(arguments.begin(), "convert");
  return run_tokenwalk(arguments);
}

void convert(const Arguments& arguments) {
  const Outcome outcome = run_convert(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out + outcome.err, "") << "nothing is printed in a pipe";
}

// The hash of all logits of a text and the model's ids for it.
std::string fingerprint(const std::string& model) {
  const Json encoded =
      answer({{"op", "encode"}, {"text", "Once upon a time, Rosa ran."}}, {"--model", model});
  const Json logits =
      answer({{"op", "logits"}, {"ids", encoded["ids"]}, {"rows", "all"}}, {"--model", model});
  return encoded["ids"].dump() + logits["sha256"].get<std::string>();
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

void expect_refused(const Arguments& arguments, const std::vector<std::string>& says,
                    int exit_code = 1) {
  const Outcome outcome = run_convert(arguments);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  EXPECT_TRUE(ended_by_itself(outcome)) << outcome.err;
  for (const std::string& part : says) {
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " is not in " << outcome.err;
  }
}

TEST(CliConvert, ThereAndBackGivesTheSameLogitsToTheBit) {
  const TempFolder folder;
  const std::string gguf = (folder.path() / "tiny.gguf").string();
  const std::string back = (folder.path() / "back").string();
  convert({tiny(), gguf});
  convert({gguf, back});
  const std::string expected = fingerprint(tiny());
  EXPECT_EQ(fingerprint(gguf), expected);
  EXPECT_EQ(fingerprint(back), expected);
  for (const char* name :
       {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"}) {
    EXPECT_TRUE(fs::exists(fs::path(back) / name)) << name;
  }
  EXPECT_EQ(files_in(folder.path()), 2u) << "no temporary file is left";
}

// A Llama of one layer with numbers that are all different, in the form of a folder. GGUF keeps the
// rows of its Q and K in another order.
void write_llama(const fs::path& folder) {
  const std::size_t hidden = 32, head_dim = 8, n_heads = 4, n_kv = 2, wide = 64, vocab = 2048;
  const std::string layer = "model.layers.0.";
  const std::vector<std::pair<std::string, std::vector<std::size_t>>> shapes = {
      {"model.embed_tokens.weight", {vocab, hidden}},
      {layer + "input_layernorm.weight", {hidden}},
      {layer + "self_attn.q_proj.weight", {n_heads * head_dim, hidden}},
      {layer + "self_attn.k_proj.weight", {n_kv * head_dim, hidden}},
      {layer + "self_attn.v_proj.weight", {n_kv * head_dim, hidden}},
      {layer + "self_attn.o_proj.weight", {hidden, n_heads * head_dim}},
      {layer + "post_attention_layernorm.weight", {hidden}},
      {layer + "mlp.gate_proj.weight", {wide, hidden}},
      {layer + "mlp.up_proj.weight", {wide, hidden}},
      {layer + "mlp.down_proj.weight", {hidden, wide}},
      {"model.norm.weight", {hidden}},
      {"lm_head.weight", {vocab, hidden}}};
  std::vector<TensorToWrite> tensors;
  for (const auto& [name, shape] : shapes) {
    const auto seed = static_cast<float>(tensors.size() + 1);
    tensors.push_back({name, shape, DType::kF32, [seed](std::size_t row, std::span<float> out) {
                         for (std::size_t i = 0; i < out.size(); ++i) {
                           const auto at = static_cast<float>(row * out.size() + i);
                           out[i] = std::sin(seed * 1.7f + at * 0.61f);
                         }
                       }});
  }
  fs::create_directory(folder);
  write_safetensors(folder / "model.safetensors", tensors);
  fs::copy(fs::path(tiny()) / "tokenizer.json", folder / "tokenizer.json");
  Json config = Json::parse(read_file(fs::path(tiny()) / "config.json"));
  config.update({{"architectures", {"LlamaForCausalLM"}},
                 {"hidden_size", hidden},
                 {"num_hidden_layers", 1},
                 {"num_attention_heads", n_heads},
                 {"num_key_value_heads", n_kv},
                 {"head_dim", head_dim},
                 {"intermediate_size", wide},
                 {"tie_word_embeddings", false}});
  std::ofstream(folder / "config.json") << config;
}

TEST(CliConvert, RowsOfLlamasHeadsAreReordered) {
  const TempFolder folder;
  const fs::path llama = folder.path() / "llama", gguf = folder.path() / "l.gguf";
  const fs::path back = folder.path() / "back";
  write_llama(llama);
  convert({llama.string(), gguf.string()});
  convert({gguf.string(), back.string()});
  const std::string expected = fingerprint(llama.string());
  EXPECT_EQ(fingerprint(gguf.string()), expected);
  EXPECT_EQ(fingerprint(back.string()), expected);

  const auto before = open_tensor_file(llama), inside = open_tensor_file(gguf);
  const auto after = open_tensor_file(back);
  for (const StoredTensor& tensor : after->tensors()) {
    EXPECT_EQ(widen(tensor), widen(before->at(tensor.name))) << tensor.name;
  }
  // Row 1 of GGUF's Q is row head_dim / 2 of ours.
  std::vector<float> theirs(32), ours(32);
  widen_row(inside->at("blk.0.attn_q.weight"), 1, theirs);
  widen_row(before->at("model.layers.0.self_attn.q_proj.weight"), 4, ours);
  EXPECT_EQ(theirs, ours);
}

TEST(CliConvert, ChatTemplateAndEndsOfTextComeAlong) {
  const TempFolder folder;
  const fs::path gguf = folder.path() / "t.gguf", back = folder.path() / "b";
  convert({tiny(), gguf.string()});
  convert({gguf.string(), back.string()});
  const Json before = Json::parse(read_file(fs::path(tiny()) / "tokenizer_config.json"));
  const Json after = Json::parse(read_file(back / "tokenizer_config.json"));
  for (const char* key : {"chat_template", "eos_token", "pad_token", "add_bos_token"}) {
    EXPECT_EQ(after[key], before[key]) << key;
  }
  const Json config = Json::parse(read_file(back / "config.json"));
  const Json original = Json::parse(read_file(fs::path(tiny()) / "config.json"));
  for (const auto& [key, value] : config.items()) {
    EXPECT_EQ(value, original.value(key, value)) << key;
  }
}

TEST(CliConvert, Bf16IsTheNearest) {
  const TempFolder folder;
  const fs::path out = folder.path() / "half/";
  convert({tiny(), out.string(), "--precision", "bf16"});
  const auto before = open_tensor_file(tiny());
  const auto after = open_tensor_file(folder.path() / "half");
  ASSERT_EQ(after->tensors().size(), before->tensors().size());
  for (const StoredTensor& tensor : before->tensors()) {
    const StoredTensor& half = after->at(tensor.name);
    EXPECT_EQ(half.type_name, "BF16");
    const std::vector<float> exact = widen(tensor), rounded = widen(half);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      ASSERT_LE(std::abs(rounded[i] - exact[i]), std::abs(exact[i]) * 0x1p-8f) << tensor.name;
    }
  }
  const Json config = Json::parse(read_file(folder.path() / "half" / "config.json"));
  EXPECT_EQ(config["torch_dtype"], "bfloat16");
}

TEST(CliConvert, Q8IsAQuarterOfTheSizeAndLoads) {
  const TempFolder folder;
  const fs::path out = folder.path() / "tiny.gguf";
  convert({tiny(), out.string(), "--precision", "q8_0"});
  const auto before = open_tensor_file(tiny());
  const auto after = open_tensor_file(out);
  const std::vector<float> exact = widen(before->at("model.embed_tokens.weight"));
  const std::vector<float> rounded = widen(after->at("token_embd.weight"));
  for (std::size_t i = 0; i < exact.size(); i += 32) {
    float amax = 0;
    for (std::size_t k = i; k < i + 32; ++k) amax = std::max(amax, std::abs(exact[k]));
    for (std::size_t k = i; k < i + 32; ++k) {
      ASSERT_LE(std::abs(rounded[k] - exact[k]), amax / 127 * 0.51f + amax * 0x1p-11f) << k;
    }
  }
  EXPECT_LT(fs::file_size(out) - fs::file_size(fs::path(tiny()) / "tokenizer.json"),
            fs::file_size(fs::path(tiny()) / "model.safetensors") * 3 / 10);
  const Json reply = answer({{"op", "generate"}, {"prompt", "Once upon"}, {"max_new_tokens", 4}},
                            {"--model", out.string()});
  EXPECT_EQ(reply["samples"][0]["ids"].size(), 4u);
}

TEST(CliConvert, NothingIsOverwrittenWithoutForce) {
  const TempFolder folder;
  const fs::path file = folder.write("a.gguf", "mine"), out = folder.path() / "f";
  fs::create_directory(out);
  std::ofstream(out / "mine.txt") << "mine";
  expect_refused({tiny(), file.string()}, {"a.gguf", "already", "--force"});
  expect_refused({tiny(), out.string()}, {"already", "--force"});
  EXPECT_EQ(read_file(file), "mine");
  EXPECT_EQ(files_in(out), 1u);

  convert({tiny(), file.string(), "--force"});
  convert({tiny(), out.string(), "--force"});
  EXPECT_EQ(fingerprint(file.string()), fingerprint(out.string()));
  EXPECT_EQ(read_file(out / "mine.txt"), "mine") << "other files stay";
  convert({out.string(), out.string(), "--force", "--precision", "bf16"});  // onto itself
  EXPECT_EQ(open_tensor_file(out)->tensors()[0].type_name, "BF16");
}

TEST(CliConvert, WhatCannotBeIsRefused) {
  const TempFolder folder;
  const std::string out = (folder.path() / "out").string();
  expect_refused({tiny(), out, "--precision", "q8_0"}, {"q8_0", ".gguf"}, 2);
  expect_refused({tiny(), out, "--precision", "f64"}, {"f64", "bf16"}, 2);
  expect_refused({"/no/such/model", out}, {"/no/such/model"});
  expect_refused({tiny() + "/model.safetensors", out}, {"config.json"});
  expect_refused({tiny(), "/no/such/folder/out"}, {"/no/such/folder/out", "No such file"});
  expect_refused({tiny(), "/no/such/folder/out.gguf"}, {"/no/such/folder/out.gguf"});
  expect_refused({tiny(), folder.path().string() + "/a/b.gguf"}, {"b.gguf"});
  EXPECT_EQ(files_in(folder.path()), 0u);
}

TEST(CliConvert, ATensorWithoutAPlaceIsNamed) {
  const TempFolder folder;
  GgufWriter writer = small_gguf_tokenizer();
  writer.text("general.architecture", "qwen3").number("qwen3.block_count", 1);
  writer.number("qwen3.embedding_length", 4).number("qwen3.feed_forward_length", 4);
  writer.number("qwen3.attention.head_count", 1).number("qwen3.context_length", 8);
  writer.key("qwen3.attention.layer_norm_rms_epsilon", 6, bytes_of(1e-5f));
  writer.tensor("blk.0.ffn_gate_exps.weight", {8}, 0, 0).data(std::string(32, '\0'));
  const auto path = folder.write("m.gguf", writer.bytes());
  expect_refused({path.string(), (folder.path() / "o").string()},
                 {"1, the first is \"blk.0.ffn_gate_exps.weight\""});
}

TEST(CliConvert, AFolderThatMayNotBeWrittenTo) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const TempFolder folder;
  chmod(folder.path().c_str(), 0555);
  expect_refused({tiny(), (folder.path() / "o.gguf").string()}, {"Permission denied"});
  expect_refused({tiny(), (folder.path() / "o").string()}, {"Permission denied"});
  chmod(folder.path().c_str(), 0755);
}

// A limit on the size of files stands in for a full disk: both fail in the middle of a write.
TEST(CliConvert, AFullDiskLeavesNothing) {
  const TempFolder folder;
  for (const char* name : {"o.gguf", "o"}) {
    const Outcome outcome = run_tokenwalk({"convert", tiny(), (folder.path() / name).string()}, "",
                                          {}, {.file_size = 1 << 20});
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    EXPECT_NE(outcome.err.find("make room"), std::string::npos) << outcome.err;
    EXPECT_EQ(files_in(folder.path()), 0u) << name;
  }
}

}  // namespace
}  // namespace tokenwalk
