// A bad config.json is refused with what was found and what was expected.

#include <gtest/gtest.h>

#include "lib/base/error.h"
#include "tests/property/model_config_cases.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

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

}  // namespace
}  // namespace tokenwalk
