#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "lib/io/metadata.h"
#include "lib/kernels/kernels.h"
#include "lib/model/rope_scaling.h"

namespace tokenwalk {

/// The shape of a decoder-only transformer and the numbers it computes with.
struct ModelConfig {
  std::string architecture;  ///< such as LlamaForCausalLM
  std::size_t n_layers = 0;
  std::size_t hidden = 0;        ///< width of the residual stream
  std::size_t intermediate = 0;  ///< width between gate/up and down
  AttentionShape attention;      ///< heads, K/V heads, head_dim (its own number in Qwen3)
  std::size_t vocab = 0;
  std::size_t context = 0;  ///< most positions the model was made for
  double rope_theta = 10000;
  RopeScaling rope_scaling;
  float rms_eps = 1e-6f;
  bool qk_norm = false;      ///< RMSNorm of each head of Q and K before rotating (Qwen3)
  bool qkv_bias = false;     ///< Q, K and V add a bias (Qwen2)
  bool o_bias = false;       ///< O adds a bias
  bool mlp_bias = false;     ///< gate, up and down add a bias
  bool tied_head = false;    ///< the output head is the embedding table
  std::vector<int> eos_ids;  ///< any of them ends a text
};

/// From the keys of a config.json: LlamaForCausalLM (attention_bias and mlp_bias allowed),
/// Qwen2ForCausalLM (Q, K and V always have a bias), Qwen3ForCausalLM (QK-norm; attention_bias
/// allowed), or TransformerLM, below. Rotary scaling as lib/model/rope_scaling.h says.
/// Both throw Error(kBadFile) for an architecture or option that is not supported, for a missing
/// key, and for sizes that do not fit each other.
ModelConfig config_from_hf(const Metadata& metadata);

/// The language model of Stanford's course CS336 (assignment 1): a Llama with as many K/V heads as
/// heads, a separate head, and rotary pairs of neighbours.
inline constexpr const char* kTransformerLm = "TransformerLM";

/// From a config.json with that architecture: vocab_size, context_length, d_model, num_layers,
/// num_heads, d_ff as the course calls them, rope_theta (10,000), rms_norm_eps (1e-5). Errors as
/// above. docs/transformer_lm.md describes the folder.
ModelConfig config_from_transformer_lm(const Metadata& metadata);

/// From the key-values of a GGUF file (general.architecture llama, qwen2 or qwen3). The size of the
/// vocabulary is that of its token list, or its vocab_size. What only tensors tell (a separate
/// head, biases, divisors of rotary frequencies) is not filled in.
ModelConfig config_from_gguf(const Metadata& metadata);

/// Parameters of a model of this shape, a tied head counted once.
std::size_t count_parameters(const ModelConfig& config);

/// Bytes of K and V for one position, all layers: 2 n_layers n_kv_heads head_dim
/// kv_type_bytes(type).
std::size_t kv_bytes_per_position(const ModelConfig& config, KvType type);

}  // namespace tokenwalk
