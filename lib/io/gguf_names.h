#pragma once

#include <cstddef>
#include <string>

namespace tokenwalk {

// How GGUF files call and order what Hugging Face folders hold. Source: the tables of the Python
// package gguf (tensor_mapping.py) and llama.cpp's convert_hf_to_gguf.py (permute).

/// "model.layers.3.mlp.up_proj.weight" is "blk.3.ffn_up.weight"; "" for a name without counterpart.
std::string gguf_tensor_name(const std::string& hf_name);

/// The way back.
std::string hf_tensor_name(const std::string& gguf_name);

/// "LlamaForCausalLM" is "llama", "Qwen2ForCausalLM" "qwen2", "Qwen3ForCausalLM" "qwen3"; "" for
/// any other.
std::string gguf_architecture_name(const std::string& hf_architecture);

/// True for the tensors whose rows GGUF keeps in another order: Q and K of llama, weights and
/// biases.
bool is_interleaved(const std::string& hf_name, const std::string& hf_architecture);

/// Interleaved rows pair rotary neighbours: row 2 i + k (k 0 or 1) of a head in GGUF is row
/// i + k head_dim / 2 in Hugging Face's order.
std::size_t hf_row(std::size_t gguf_row, std::size_t head_dim);
std::size_t gguf_row(std::size_t hf_row, std::size_t head_dim);

}  // namespace tokenwalk
