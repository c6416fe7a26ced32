// What a good config.json says about a model.

#include <gtest/gtest.h>

#include "tests/property/model_config_cases.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

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

// ---- sizes -------------------------------------------------------------------------------------

TEST(ModelConfig, CountsParametersAndBytes) {
  ModelConfig c = from_hf();  // Llama, tied: 3 layers, hidden 64, q 64, kv 16, intermediate 160
  const std::size_t layer = 64 * 64 * 2 + 16 * 64 * 2 + 3 * 64 * 160 + 2 * 64;
  EXPECT_EQ(count_parameters(c), 500 * 64 + 3 * layer + 64);
  c.tied_head = false;
  EXPECT_EQ(count_parameters(c), 2 * 500 * 64 + 3 * layer + 64);
  c.qk_norm = true;
  EXPECT_EQ(count_parameters(c), 2 * 500 * 64 + 3 * (layer + 2 * 8) + 64);
  EXPECT_EQ(kv_bytes_per_position(c, KvType::kF32), 2u * 3 * 16 * 4);
  EXPECT_EQ(kv_bytes_per_position(c, KvType::kF16), 2u * 3 * 16 * 2);
  c.qkv_bias = c.o_bias = c.mlp_bias = true;
  const std::size_t biases = 64 + 2 * 16 + 64 + 2 * 160 + 64;
  EXPECT_EQ(count_parameters(c), 2 * 500 * 64 + 3 * (layer + 2 * 8 + biases) + 64);
}

}  // namespace
}  // namespace tokenwalk
