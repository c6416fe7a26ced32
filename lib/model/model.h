#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "lib/kernels/kernels.h"
#include "lib/model/config.h"
#include "lib/model/tensor_source.h"
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
  std::vector<float> final_norm;                // [hidden]
  std::unique_ptr<Matrix> separate_head;        // [vocab, hidden]; null: tied to the embedding
  WeightFormat precision = WeightFormat::kF32;  // of the matrices with the most bytes
  KvType kv_type = KvType::kF32;                // of every cache of this model
  std::unique_ptr<WholePass> pass;              // null: operation by operation through `kernels`
  std::vector<std::string> notes;               // what loading noticed and a user may want to know

  const Matrix& head() const { return separate_head ? *separate_head : *embedding; }
};

/// How to hold a model's numbers; what is not said follows from its files.
struct ModelOptions {
  /// Of every matrix. Not said: of each as it is stored (natural_format).
  std::optional<WeightFormat> precision;
  /// Not said: f32 if the model's precision is f32, else f16.
  std::optional<KvType> kv_type;
};

/// What kv_type is where it is not said.
KvType usual_kv_type(WeightFormat precision);

/// Packs a model of the given shape.
Model build_model(const ModelConfig& config, const TensorSource& source, const KernelSet& kernels,
                  std::optional<KvType> kv_type = {});

/// The same of tensors that a function makes; f32 where options.precision is not said.
Model build_model(const ModelConfig& config, const WeightSource& make, const KernelSet& kernels,
                  const ModelOptions& options = {});

/// Hears of each part of a model that is loaded.
using LoadProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Opens a Hugging Face folder (config.json and safetensors) or a GGUF file and packs it. Weights
/// in formats that have no products of their own are widened or dequantised to float32. Throws
/// Error(kBadFile) for files that are missing, broken or not supported, Error(kBadValue) for
/// weights that options.precision cannot hold.
Model load_model(const std::filesystem::path& path, const KernelSet& kernels,
                 const ModelOptions& options = {}, const LoadProgress& progress = {});

/// The shape alone.
ModelConfig load_config(const std::filesystem::path& path);

}  // namespace tokenwalk
