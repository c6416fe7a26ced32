#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "lib/io/metadata.h"
#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// The shape of a decoder-only transformer and the numbers it computes with.
struct ModelConfig {
  std::string architecture;  ///< LlamaForCausalLM or Qwen3ForCausalLM
  std::size_t n_layers = 0;
  std::size_t hidden = 0;        ///< width of the residual stream
  std::size_t intermediate = 0;  ///< width between gate/up and down
  AttentionShape attention;      ///< heads, K/V heads, head_dim (its own number in Qwen3)
  std::size_t vocab = 0;
  std::size_t context = 0;  ///< most positions the model was made for
  double rope_theta = 10000;
  float rms_eps = 1e-6f;
  bool qk_norm = false;      ///< RMSNorm of each head of Q and K before rotating (Qwen3)
  bool tied_head = false;    ///< the output head is the embedding table
  std::vector<int> eos_ids;  ///< any of them ends a text
};

/// From the keys of a Hugging Face config.json.
/// Both throw Error(kBadFile) for an architecture or option that is not supported, for a missing
/// key, and for sizes that do not fit each other.
ModelConfig config_from_hf(const Metadata& metadata);

/// From the key-values of a GGUF file (general.architecture llama or qwen3). The size of the
/// vocabulary is that of its token list; the head counts as tied until its tensor is found.
ModelConfig config_from_gguf(const Metadata& metadata);

/// Parameters of a model of this shape, a tied head counted once.
std::size_t count_parameters(const ModelConfig& config);

/// Bytes of K and V in float32 for one position, all layers: 2 n_layers n_kv_heads head_dim 4.
std::size_t kv_bytes_per_position(const ModelConfig& config);

}  // namespace tokenwalk
