#include "lib/io/gguf_names.h"

#include <gtest/gtest.h>

#include <set>

namespace tokenwalk {
namespace {

TEST(GgufNames, GoBothWays) {
  const std::pair<const char*, const char*> names[] = {
      {"model.embed_tokens.weight", "token_embd.weight"},
      {"lm_head.weight", "output.weight"},
      {"model.norm.weight", "output_norm.weight"},
      {"model.layers.0.input_layernorm.weight", "blk.0.attn_norm.weight"},
      {"model.layers.17.mlp.down_proj.weight", "blk.17.ffn_down.weight"},
      {"model.layers.3.self_attn.k_norm.weight", "blk.3.attn_k_norm.weight"},
      {"model.layers.3.self_attn.q_proj.bias", "blk.3.attn_q.bias"}};
  for (const auto& [hf, gguf] : names) {
    EXPECT_EQ(gguf_tensor_name(hf), gguf);
    EXPECT_EQ(hf_tensor_name(gguf), hf);
  }
  EXPECT_EQ(gguf_architecture_name("Qwen2ForCausalLM"), "qwen2");
}

TEST(GgufNames, WhatHasNoCounterpartIsEmpty) {
  for (const char* name :
       {"", "model.layers.", "model.layers.x.mlp.up_proj.weight", "model.layers.0.mlp.up_proj",
        "model.layers.0.weight", "model.layers.0.mlp.up_proj.scale",
        "model.layers.0.mlp.experts.weight", "blk.0.ffn_up.weight", "something else"}) {
    EXPECT_EQ(gguf_tensor_name(name), "") << name;
  }
  EXPECT_EQ(hf_tensor_name("rope_freqs.weight"), "");
  EXPECT_EQ(gguf_architecture_name("TransformerLM"), "");
}

TEST(GgufNames, RowsOfPairsGoBothWays) {
  // A head of 6: the halves 0 1 2 | 3 4 5 stand as 0 3 1 4 2 5.
  const std::size_t expected[] = {0, 3, 1, 4, 2, 5};
  std::set<std::size_t> seen;
  for (std::size_t row = 0; row < 24; ++row) {
    EXPECT_EQ(hf_row(row, 6), row / 6 * 6 + expected[row % 6]);
    EXPECT_EQ(gguf_row(hf_row(row, 6), 6), row);
    seen.insert(hf_row(row, 6));
  }
  EXPECT_EQ(seen.size(), 24u);
  EXPECT_TRUE(is_interleaved("model.layers.0.self_attn.k_proj.bias", "LlamaForCausalLM"));
  EXPECT_FALSE(is_interleaved("model.layers.0.self_attn.k_proj.bias", "Qwen2ForCausalLM"));
  EXPECT_FALSE(is_interleaved("model.layers.0.self_attn.v_proj.weight", "LlamaForCausalLM"));
}

}  // namespace
}  // namespace tokenwalk
