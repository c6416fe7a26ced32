// What config.json and the keys of a GGUF file say about a model, good and bad.

#include "lib/model/config.h"

#include <gtest/gtest.h>

#include <functional>

#include "lib/base/error.h"
#include "lib/io/json_metadata.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

// ---- config.json -------------------------------------------------------------------------------

struct Edit {
  const char* from;
  const char* to;
};

const char* const kLlama = R"({
  "architectures": ["LlamaForCausalLM"],
  "hidden_size": 64,
  "intermediate_size": 160,
  "num_hidden_layers": 3,
  "num_attention_heads": 8,
  "num_key_value_heads": 2,
  "vocab_size": 500,
  "max_position_embeddings": 2048,
  "rms_norm_eps": 1e-05,
  "rope_theta": 100000.0,
  "tie_word_embeddings": true,
  "hidden_act": "silu",
  "eos_token_id": 2
})";

// config.json with replacements; what is replaced must be there.
std::string json_text(const std::vector<Edit>& edits) {
  std::string text = kLlama;
  for (const Edit& edit : edits) {
    const std::size_t at = text.find(edit.from);
    if (at == std::string::npos)
      throw std::runtime_error(std::string("no such text: ") + edit.from);
    text.replace(at, std::string(edit.from).size(), edit.to);
  }
  return text;
}

ModelConfig from_hf(const std::vector<Edit>& edits = {}) {
  return config_from_hf(parse_json_metadata(json_text(edits), "config.json"));
}

TEST(ModelConfig, ReadsALlamaConfigJson) {
  const ModelConfig c = from_hf();
  EXPECT_EQ(c.architecture, "LlamaForCausalLM");
  EXPECT_EQ(c.n_layers, 3u);
  EXPECT_EQ(c.hidden, 64u);
  EXPECT_EQ(c.intermediate, 160u);
  EXPECT_EQ(c.attention.n_heads, 8u);
  EXPECT_EQ(c.attention.n_kv_heads, 2u);
  EXPECT_EQ(c.attention.head_dim, 8u) << "hidden / heads, since the file does not say";
  EXPECT_EQ(c.vocab, 500u);
  EXPECT_EQ(c.context, 2048u);
  EXPECT_EQ(c.rope_theta, 100000);
  EXPECT_EQ(c.rms_eps, 1e-5f);
  EXPECT_FALSE(c.qk_norm);
  EXPECT_TRUE(c.tied_head);
  EXPECT_EQ(c.eos_ids, std::vector<int>{2});
}

TEST(ModelConfig, ReadsAQwen3ConfigJson) {
  const ModelConfig c = from_hf({{"LlamaForCausalLM", "Qwen3ForCausalLM"},
                                 {"\"vocab_size\"", "\"head_dim\": 32, \"vocab_size\""},
                                 {"\"eos_token_id\": 2", "\"eos_token_id\": [0, 2, 499]"}});
  EXPECT_EQ(c.architecture, "Qwen3ForCausalLM");
  EXPECT_TRUE(c.qk_norm);
  EXPECT_EQ(c.attention.head_dim, 32u) << "head_dim is a number of its own";
  EXPECT_EQ(c.attention.q_size(), 256u);
  EXPECT_EQ(c.eos_ids, (std::vector<int>{0, 2, 499}));
}

TEST(ModelConfig, FillsInWhatMayBeLeftOut) {
  const ModelConfig c = from_hf({{"\"num_key_value_heads\": 2,", ""},
                                 {"\"rope_theta\": 100000.0,", ""},
                                 {"\"rms_norm_eps\": 1e-05,", ""},
                                 {"\"tie_word_embeddings\": true,", ""},
                                 {"\"eos_token_id\": 2", "\"eos_token_id\": null"}});
  EXPECT_EQ(c.attention.n_kv_heads, 8u) << "as many as query heads";
  EXPECT_EQ(c.rope_theta, 10000);
  EXPECT_EQ(c.rms_eps, 1e-6f);
  EXPECT_FALSE(c.tied_head);
  EXPECT_TRUE(c.eos_ids.empty());
}

TEST(ModelConfig, TakesBothPlacesOfRopeTheta) {
  const ModelConfig c =
      from_hf({{"\"rope_theta\": 100000.0",
                "\"rope_parameters\": {\"rope_theta\": 5000.0, \"rope_type\": \"default\"}"}});
  EXPECT_EQ(c.rope_theta, 5000);
  EXPECT_EQ(from_hf({{"\"rope_theta\": 100000.0", "\"rope_scaling\": null"}}).rope_theta, 10000);
}

TEST(ModelConfig, ReadsBiases) {
  const ModelConfig llama = from_hf({{"\"hidden_act\"",
                                      "\"attention_bias\": true, \"mlp_bias\": "
                                      "true, \"hidden_act\""}});
  EXPECT_TRUE(llama.qkv_bias && llama.o_bias && llama.mlp_bias);
  const ModelConfig qwen2 = from_hf({{"LlamaForCausalLM", "Qwen2ForCausalLM"}});
  EXPECT_TRUE(qwen2.qkv_bias) << "always";
  EXPECT_FALSE(qwen2.o_bias || qwen2.mlp_bias || qwen2.qk_norm);
  const ModelConfig plain = from_hf();
  EXPECT_FALSE(plain.qkv_bias || plain.o_bias || plain.mlp_bias);
}

using Kind = RopeScaling::Kind;

RopeScaling scaling_of(const char* json) {
  return from_hf({{"\"rope_theta\"", json}}).rope_scaling;
}

TEST(ModelConfig, ReadsRotaryScalingInEveryForm) {
  EXPECT_EQ(from_hf().rope_scaling.kind, Kind::kDefault);
  const RopeScaling old =
      scaling_of("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.5}, \"rope_theta\"");
  EXPECT_EQ(old.kind, Kind::kLinear);
  EXPECT_EQ(old.factor, 2.5);
  const RopeScaling dynamic = scaling_of(
      "\"rope_parameters\": {\"rope_type\": \"dynamic\", \"factor\": 4}, \"rope_theta\"");
  EXPECT_EQ(dynamic.kind, Kind::kDynamic);
  const RopeScaling llama3 = scaling_of(
      "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 32.0, \"low_freq_factor\": 1.0, "
      "\"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 8192}, \"rope_theta\"");
  EXPECT_EQ(llama3.kind, Kind::kLlama3);
  EXPECT_EQ(llama3.factor, 32);
  EXPECT_EQ(llama3.low_freq_factor, 1);
  EXPECT_EQ(llama3.high_freq_factor, 4);
  EXPECT_EQ(llama3.original_context, 8192);
}

// Where both are given, transformers takes the old one.
TEST(ModelConfig, RopeScalingGoesBeforeRopeParameters) {
  const RopeScaling scaling = scaling_of(
      "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}, "
      "\"rope_parameters\": {\"rope_type\": \"dynamic\", \"factor\": 4}, \"rope_theta\"");
  EXPECT_EQ(scaling.kind, Kind::kLinear);
}

TEST(ModelConfig, ReadsATransformerLm) {
  const auto read = [](const char* text) {
    return config_from_hf(parse_json_metadata(text, "config.json"));
  };
  const ModelConfig c = read(R"({"architectures": ["TransformerLM"], "vocab_size": 100,
    "context_length": 64, "d_model": 48, "num_layers": 2, "num_heads": 4, "d_ff": 128,
    "rope_theta": 5000.0, "eos_token_id": 7})");
  EXPECT_EQ(c.architecture, "TransformerLM");
  EXPECT_EQ(c.n_layers, 2u);
  EXPECT_EQ(c.hidden, 48u);
  EXPECT_EQ(c.intermediate, 128u);
  EXPECT_EQ(c.attention.n_heads, 4u);
  EXPECT_EQ(c.attention.n_kv_heads, 4u);
  EXPECT_EQ(c.attention.head_dim, 12u);
  EXPECT_EQ(c.context, 64u);
  EXPECT_EQ(c.rope_theta, 5000);
  EXPECT_EQ(c.rms_eps, 1e-5f);
  EXPECT_FALSE(c.tied_head);
  EXPECT_EQ(c.eos_ids, std::vector<int>{7});
  const char* const uneven = R"({"architectures": ["TransformerLM"], "vocab_size": 100,
    "context_length": 64, "d_model": 50, "num_layers": 2, "num_heads": 4, "d_ff": 128})";
  expect_bad_file([&] { read(uneven); }, {"d_model", "50 and 4", "multiple", ""});
}

struct BadConfig {
  const char* what;
  std::vector<Edit> edits;
  ErrorSays says;
};

TEST(ModelConfig, RefusesABadConfigJson) {
  const std::vector<BadConfig> cases = {
      {"no layers key", {{"\"num_hidden_layers\": 3,", ""}}, {"num_hidden_layers", "", "", ""}},
      {"no hidden size", {{"\"hidden_size\": 64,", ""}}, {"hidden_size", "", "", ""}},
      {"no intermediate size",
       {{"\"intermediate_size\": 160,", ""}},
       {"intermediate_size", "", "", ""}},
      {"no heads", {{"\"num_attention_heads\": 8,", ""}}, {"num_attention_heads", "", "", ""}},
      {"no vocabulary", {{"\"vocab_size\": 500,", ""}}, {"vocab_size", "", "", ""}},
      {"no context",
       {{"\"max_position_embeddings\": 2048,", ""}},
       {"max_position_embeddings", "", "", ""}},
      {"no architecture",
       {{"\"architectures\": [\"LlamaForCausalLM\"],", ""}},
       {"architecture", "none", "LlamaForCausalLM", ""}},
      {"an empty list of architectures", {{"[\"LlamaForCausalLM\"]", "[]"}}, {"", "", "", ""}},
      {"another architecture",
       {{"LlamaForCausalLM", "GPT2LMHeadModel"}},
       {"architecture", "GPT2LMHeadModel", "Qwen3ForCausalLM", ""}},
      {"an architecture that is no list",
       {{"[\"LlamaForCausalLM\"]", "\"LlamaForCausalLM\""}},
       {"architectures", "", "", ""}},
      {"yarn in rope_parameters",
       {{"\"rope_theta\"", "\"rope_parameters\": {\"rope_type\": \"yarn\"}, \"rope_theta\""}},
       {"rotary scaling", "yarn", "llama3", ""}},
      {"longrope in rope_scaling",
       {{"\"rope_theta\"", "\"rope_scaling\": {\"type\": \"longrope\"}, \"rope_theta\""}},
       {"rotary scaling", "longrope", "dynamic", ""}},
      {"linear scaling without a factor",
       {{"\"rope_theta\"", "\"rope_scaling\": {\"type\": \"linear\"}, \"rope_theta\""}},
       {"rope_scaling.factor", "", "", ""}},
      {"linear scaling by zero",
       {{"\"rope_theta\"",
         "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}, \"rope_theta\""}},
       {"factor", "0", "above 0", ""}},
      {"llama3 scaling without its wavelengths",
       {{"\"rope_theta\"",
         "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0}, \"rope_theta\""}},
       {"low_freq_factor", "", "", ""}},
      {"llama3 scaling with low and high exchanged",
       {{"\"rope_theta\"",
         "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 4, "
         "\"high_freq_factor\": 1}, \"rope_theta\""}},
       {"short to long", "high_freq_factor 1", "more than", ""}},
      {"rotary parameters by layer type",
       {{"\"rope_theta\"",
         "\"rope_parameters\": {\"full_attention\": {\"rope_type\": \"linear\"}}, "
         "\"rope_theta\""}},
       {"by layer type", "full_attention", "", ""}},
      {"a rotation of half the head",
       {{"\"rope_theta\"", "\"partial_rotary_factor\": 0.5, \"rope_theta\""}},
       {"partial_rotary_factor", "0.5", "1", ""}},
      {"a layer with a sliding window",
       {{"\"rope_theta\"",
         "\"layer_types\": [\"full_attention\", \"sliding_attention\"], \"rope_theta\""}},
       {"layer type", "sliding_attention", "full_attention", ""}},
      {"another activation", {{"silu", "gelu"}}, {"activation", "gelu", "silu", ""}},
      {"mlp biases in a Qwen2",
       {{"LlamaForCausalLM", "Qwen2ForCausalLM"},
        {"\"hidden_act\"", "\"mlp_bias\": true, \"hidden_act\""}},
       {"mlp_bias", "true", "false", ""}},
      {"a sliding window",
       {{"\"hidden_act\"", "\"use_sliding_window\": true, \"hidden_act\""}},
       {"use_sliding_window", "true", "false", ""}},
      {"zero layers",
       {{"\"num_hidden_layers\": 3", "\"num_hidden_layers\": 0"}},
       {"num_hidden_layers", "0", "from 1", ""}},
      {"10^12 layers",
       {{"\"num_hidden_layers\": 3", "\"num_hidden_layers\": 1000000000000"}},
       {"num_hidden_layers", "1000000000000", "16384", ""}},
      {"zero heads",
       {{"\"num_attention_heads\": 8", "\"num_attention_heads\": 0"}},
       {"num_attention_heads", "0", "from 1", ""}},
      {"negative hidden size",
       {{"\"hidden_size\": 64", "\"hidden_size\": -64"}},
       {"hidden_size", "-64", "from 1", ""}},
      {"a huge vocabulary",
       {{"\"vocab_size\": 500", "\"vocab_size\": 99999999999"}},
       {"vocab_size", "99999999999", "", ""}},
      {"a vocabulary beyond 64 bits",
       {{"\"vocab_size\": 500", "\"vocab_size\": 1e30"}},
       {"vocab_size", "", "", ""}},
      {"a hidden size with a fraction",
       {{"\"hidden_size\": 64", "\"hidden_size\": 64.5"}},
       {"hidden_size", "64.5", "whole number", ""}},
      {"a size in quotes",
       {{"\"hidden_size\": 64", "\"hidden_size\": \"64\""}},
       {"hidden_size", "64", "whole number", ""}},
      {"K/V heads that do not divide the heads",
       {{"\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3"}},
       {"heads", "8 and 3", "multiple", ""}},
      {"more K/V heads than heads",
       {{"\"num_key_value_heads\": 2", "\"num_key_value_heads\": 16"}},
       {"heads", "8 and 16", "multiple", ""}},
      {"zero K/V heads",
       {{"\"num_key_value_heads\": 2", "\"num_key_value_heads\": 0"}},
       {"num_key_value_heads", "0", "", ""}},
      {"an odd head_dim",
       {{"\"vocab_size\"", "\"head_dim\": 7, \"vocab_size\""}},
       {"pairs", "7", "even", ""}},
      {"an odd hidden / heads",
       {{"\"hidden_size\": 64", "\"hidden_size\": 56"}},
       {"pairs", "7", "even", ""}},
      {"fewer hidden than heads",
       {{"\"hidden_size\": 64", "\"hidden_size\": 4"}},
       {"head_dim", "0", "", ""}},
      {"zero eps", {{"1e-05", "0"}}, {"bad number", "", "above 0", ""}},
      {"negative eps", {{"1e-05", "-1e-5"}}, {"bad number", "", "above 0", ""}},
      {"an eps that float32 cannot hold", {{"1e-05", "1e-60"}}, {"bad number", "", "above 0", ""}},
      {"zero theta", {{"100000.0", "0"}}, {"bad number", "", "above 0", ""}},
      {"a theta in quotes", {{"100000.0", "\"many\""}}, {"rope_theta", "many", "a number", ""}},
      {"an eos id beyond the vocabulary",
       {{"\"eos_token_id\": 2", "\"eos_token_id\": 500"}},
       {"eos_token_id", "500", "499", ""}},
      {"a negative eos id among good ones",
       {{"\"eos_token_id\": 2", "\"eos_token_id\": [2, -1]"}},
       {"eos_token_id", "-1", "", ""}},
      {"an eos id that is a word",
       {{"\"eos_token_id\": 2", "\"eos_token_id\": \"</s>\""}},
       {"eos_token_id", "</s>", "", ""}},
  };
  for (const BadConfig& test : cases) {
    SCOPED_TRACE(test.what);
    try {
      expect_bad_file([&] { from_hf(test.edits); }, test.says);
    } catch (const std::exception& other) {
      ADD_FAILURE() << "threw something else than an Error: " << other.what();
    }
  }
}

// ---- the keys of a GGUF file -------------------------------------------------------------------

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

// ---- sizes -------------------------------------------------------------------------------------

TEST(ModelConfig, CountsParametersAndBytes) {
  ModelConfig c = from_hf();  // Llama, tied: 3 layers, hidden 64, q 64, kv 16, intermediate 160
  const std::size_t layer = 64 * 64 * 2 + 16 * 64 * 2 + 3 * 64 * 160 + 2 * 64;
  EXPECT_EQ(count_parameters(c), 500 * 64 + 3 * layer + 64);
  c.tied_head = false;
  EXPECT_EQ(count_parameters(c), 2 * 500 * 64 + 3 * layer + 64);
  c.qk_norm = true;
  EXPECT_EQ(count_parameters(c), 2 * 500 * 64 + 3 * (layer + 2 * 8) + 64);
  EXPECT_EQ(kv_bytes_per_position(c), 2u * 3 * 16 * 4);
  c.qkv_bias = c.o_bias = c.mlp_bias = true;
  const std::size_t biases = 64 + 2 * 16 + 64 + 2 * 160 + 64;
  EXPECT_EQ(count_parameters(c), 2 * 500 * 64 + 3 * (layer + 2 * 8 + biases) + 64);
}

}  // namespace
}  // namespace tokenwalk
