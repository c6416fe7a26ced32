#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "lib/kernels/kernels.h"
#include "lib/model/config.h"
#include "lib/model/whole_pass.h"

namespace tokenwalk {

/// The weights of one transformer block, packed for a kernel set. A bias is as long as its matrix
/// has rows, or empty: then nothing is added. The order of operations: y = matmul, rounded as the
/// kernels say; then y = y + bias, each element one addition, rounded once.
struct LayerWeights {
  std::vector<float> attention_norm;          // [hidden]
  std::unique_ptr<Matrix> q, k, v;            // [n_heads or n_kv_heads * head_dim, hidden]
  std::vector<float> q_bias, k_bias, v_bias;  // [n_heads or n_kv_heads * head_dim] or empty
  std::vector<float> q_norm, k_norm;          // [head_dim], empty without QK-norm
  std::unique_ptr<Matrix> o;                  // [hidden, n_heads * head_dim]
  std::vector<float> o_bias;                  // [hidden] or empty
  std::vector<float> mlp_norm;                // [hidden]
  std::unique_ptr<Matrix> gate, up;           // [intermediate, hidden]
  std::vector<float> gate_bias, up_bias;      // [intermediate] or empty
  std::unique_ptr<Matrix> down;               // [hidden, intermediate]
  std::vector<float> down_bias;               // [hidden] or empty
};

/// A model ready to run: its shape, its packed weights, and the kernels they were packed for.
struct Model {
  ModelConfig config;
  const KernelSet* kernels = nullptr;  // must outlive the model
  std::unique_ptr<Matrix> embedding;   // [vocab, hidden]
  std::vector<LayerWeights> layers;
  std::vector<float> final_norm;          // [hidden]
  std::unique_ptr<Matrix> separate_head;  // [vocab, hidden]; null: tied to the embedding
  std::unique_ptr<WholePass> pass;        // null: operation by operation through `kernels`
  std::vector<std::string> notes;         // what loading noticed and a user may want to know

  const Matrix& head() const { return separate_head ? *separate_head : *embedding; }
};

/// Where weights come from: the values of the tensor with that Hugging Face name, row-major, which
/// must have the given shape (n_cols 0: a vector).
using WeightSource = std::function<std::vector<float>(const std::string& name, std::size_t n_rows,
                                                      std::size_t n_cols)>;

/// Packs a model of the given shape. Names: "model.layers.0.self_attn.q_proj.weight" and so on.
Model build_model(const ModelConfig& config, const WeightSource& source, const KernelSet& kernels);

/// Opens a Hugging Face folder (config.json and safetensors) or a GGUF file and packs it, all
/// weights widened or dequantised to float32. progress, if set, hears of each layer done.
/// Throws Error(kBadFile) for files that are missing, broken or not supported.
Model load_model(const std::filesystem::path& path, const KernelSet& kernels,
                 const std::function<void(std::size_t done, std::size_t all)>& progress = {});

/// The shape alone.
ModelConfig load_config(const std::filesystem::path& path);

}  // namespace tokenwalk
