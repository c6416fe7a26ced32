// What the keys of a GGUF file say about a model, good and bad.

#include <gtest/gtest.h>

#include <functional>

#include "lib/base/error.h"
#include "lib/model/config.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

using Kind = RopeScaling::Kind;

using Change = std::function<void(std::map<std::string, MetadataValue>& keys)>;

std::map<std::string, MetadataValue> gguf_keys(const std::string& name) {
  const auto key = [&](const char* rest) { return name + "." + rest; };
  return {{"general.architecture", name},
          {key("block_count"), std::uint64_t{3}},
          {key("embedding_length"), std::uint64_t{64}},
          {key("feed_forward_length"), std::uint64_t{160}},
          {key("attention.head_count"), std::uint64_t{8}},
          {key("attention.head_count_kv"), std::uint64_t{2}},
          {key("attention.layer_norm_rms_epsilon"), double{1e-5f}},
          {key("context_length"), std::uint64_t{2048}},
          {key("rope.freq_base"), 100000.0},
          {"tokenizer.ggml.tokens", std::vector<std::string>(300, "x")},
          {"tokenizer.ggml.eos_token_id", std::uint64_t{2}}};
}

ModelConfig from_gguf(const std::string& name, const Change& change = {}) {
  std::map<std::string, MetadataValue> keys = gguf_keys(name);
  if (change) change(keys);
  Metadata metadata("model.gguf");
  for (const auto& [key, value] : keys) metadata.add(key, value);
  return config_from_gguf(metadata);
}

TEST(ModelConfig, ReadsGgufKeysOfLlama) {
  const ModelConfig c = from_gguf("llama");
  EXPECT_EQ(c.architecture, "LlamaForCausalLM");
  EXPECT_EQ(c.n_layers, 3u);
  EXPECT_EQ(c.hidden, 64u);
  EXPECT_EQ(c.intermediate, 160u);
  EXPECT_EQ(c.attention.n_heads, 8u);
  EXPECT_EQ(c.attention.n_kv_heads, 2u);
  EXPECT_EQ(c.attention.head_dim, 8u);
  EXPECT_EQ(c.vocab, 300u);
  EXPECT_EQ(c.context, 2048u);
  EXPECT_EQ(c.rope_theta, 100000);
  EXPECT_EQ(c.rms_eps, 1e-5f);
  EXPECT_FALSE(c.qk_norm);
  EXPECT_EQ(c.eos_ids, std::vector<int>{2});
}

TEST(ModelConfig, ReadsGgufKeysOfQwen2AndItsRotaryScaling) {
  const ModelConfig c = from_gguf("qwen2", [](auto& keys) {
    keys["qwen2.rope.scaling.type"] = std::string("linear");
    keys["qwen2.rope.scaling.factor"] = 4.0;
  });
  EXPECT_EQ(c.architecture, "Qwen2ForCausalLM");
  EXPECT_TRUE(c.qkv_bias);
  EXPECT_FALSE(c.qk_norm);
  EXPECT_EQ(c.rope_scaling.kind, Kind::kLinear);
  EXPECT_EQ(c.rope_scaling.factor, 4);
  const ModelConfig old =
      from_gguf("llama", [](auto& keys) { keys["llama.rope.scale_linear"] = 2.0; });
  EXPECT_EQ(old.rope_scaling.kind, Kind::kLinear);
  EXPECT_EQ(old.rope_scaling.factor, 2);
}

// A file without a tokenizer may say how many tokens there are.
TEST(ModelConfig, ReadsTheVocabularySizeOfAGgufFileWithoutTokens) {
  const ModelConfig c = from_gguf("llama", [](auto& keys) {
    keys.erase("tokenizer.ggml.tokens");
    keys["llama.vocab_size"] = std::uint64_t{123};
  });
  EXPECT_EQ(c.vocab, 123u);
}

TEST(ModelConfig, ReadsGgufKeysOfQwen3) {
  const ModelConfig c = from_gguf("qwen3", [](auto& keys) {
    keys["qwen3.attention.key_length"] = std::uint64_t{32};
    keys["tokenizer.ggml.eot_token_id"] = std::uint64_t{7};
    keys.erase("qwen3.rope.freq_base");
    keys.erase("qwen3.attention.head_count_kv");
  });
  EXPECT_EQ(c.architecture, "Qwen3ForCausalLM");
  EXPECT_TRUE(c.qk_norm);
  EXPECT_EQ(c.attention.head_dim, 32u);
  EXPECT_EQ(c.attention.n_kv_heads, 8u);
  EXPECT_EQ(c.rope_theta, 10000);
  EXPECT_EQ(c.eos_ids, (std::vector<int>{2, 7}));
}

struct BadKeys {
  const char* what;
  Change change;
  ErrorSays says;
};

TEST(ModelConfig, RefusesBadGgufKeys) {
  const auto set = [](const char* key, MetadataValue value) {
    return [=](auto& keys) { keys[key] = value; };
  };
  const auto erase = [](const char* key) { return [=](auto& keys) { keys.erase(key); }; };
  const std::vector<BadKeys> cases = {
      {"no architecture", erase("general.architecture"), {"general.architecture", "", "", ""}},
      {"another architecture",
       set("general.architecture", std::string("gemma")),
       {"architecture", "gemma", "llama, qwen2 or qwen3", ""}},
      {"no layers", erase("llama.block_count"), {"llama.block_count", "", "", ""}},
      {"no hidden size", erase("llama.embedding_length"), {"llama.embedding_length", "", "", ""}},
      {"no heads", erase("llama.attention.head_count"), {"head_count", "", "", ""}},
      {"no eps", erase("llama.attention.layer_norm_rms_epsilon"), {"rms_epsilon", "", "", ""}},
      {"no vocabulary", erase("tokenizer.ggml.tokens"), {"tokenizer.ggml.tokens", "", "", ""}},
      {"an empty vocabulary",
       set("tokenizer.ggml.tokens", std::vector<std::string>()),
       {"tokens", "0", "", ""}},
      {"no context", erase("llama.context_length"), {"context_length", "", "", ""}},
      {"rope scaling",
       set("llama.rope.scaling.type", std::string("yarn")),
       {"rotary scaling", "yarn", "none", ""}},
      {"a rotation of half the head",
       set("llama.rope.dimension_count", std::uint64_t{4}),
       {"part of the head", "4", "8", ""}},
      {"scaling by a negative factor",
       set("llama.rope.scaling.factor", -2.0),
       {"scaling.factor", "-2", "above 0", ""}},
      {"zero layers", set("llama.block_count", std::uint64_t{0}), {"block_count", "0", "", ""}},
      {"layers beyond 2^63",
       set("llama.block_count", ~std::uint64_t{0}),
       {"block_count", "", "", ""}},
      {"heads as a list",
       set("llama.attention.head_count_kv", std::vector<std::uint64_t>{2, 2, 2}),
       {"head_count_kv", "", "", ""}},
      {"K/V heads that do not divide",
       set("llama.attention.head_count_kv", std::uint64_t{3}),
       {"heads", "8 and 3", "", ""}},
      {"an odd head_dim",
       set("llama.attention.key_length", std::uint64_t{9}),
       {"pairs", "9", "even", ""}},
      {"fewer hidden than heads",
       set("llama.embedding_length", std::uint64_t{4}),
       {"head_dim", "0", "", ""}},
      {"an eos id beyond the vocabulary",
       set("tokenizer.ggml.eos_token_id", std::uint64_t{300}),
       {"eos_token_id", "300", "299", ""}},
  };
  for (const BadKeys& test : cases) {
    SCOPED_TRACE(test.what);
    expect_bad_file([&] { from_gguf("llama", test.change); }, test.says);
  }
}

}  // namespace
}  // namespace tokenwalk
