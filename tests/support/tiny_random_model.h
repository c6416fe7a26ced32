#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/model/model.h"

namespace tokenwalk {

/// What the weights of a random model are like.
enum class WeightKind {
  kOrdinary,  ///< activations and scores of about 1
  kSharp,     ///< large Q and K: one position takes it all, exp underflows for the others
  kFaint,     ///< products far below 1e-38: subnormal numbers everywhere
  kBroken,    ///< NaN and inf in the embeddings of the two last ids
};

/// A small model that random numbers fill. Everything about it follows from these fields.
struct TinySpec {
  std::uint64_t seed = 1;
  bool qwen3 = false;  ///< QK-norm; otherwise Llama
  bool bias = false;   ///< biases of Q, K, V and O, and of the MLP in Llama
  RopeScaling::Kind scaling = RopeScaling::Kind::kDefault;
  bool tied_head = false;
  std::size_t n_layers = 1;
  std::size_t n_kv_heads = 1;
  std::size_t heads_per_kv = 1;
  std::size_t half_head_dim = 4;
  std::size_t hidden = 16;
  std::size_t intermediate = 24;
  std::size_t vocab = 32;
  std::size_t context = 512;
  WeightKind kind = WeightKind::kOrdinary;
  WeightFormat precision = WeightFormat::kF32;
  KvType kv_type = KvType::kF32;
};

std::ostream& operator<<(std::ostream& out, const TinySpec& spec);

/// A spec whose fields are all drawn from the seed: 1 to 3 layers, 1 to 8 query heads over every
/// number of K/V heads that divides them, head_dim 2 to 40, hidden 4 to 80, vocab 5 to 200, either
/// architecture, with and without biases, every rotary scaling, tied or separate head; kind
/// ordinary.
TinySpec draw_spec(std::uint64_t seed);

/// The model of a spec: its shape, its weights by their Hugging Face names, and the packed model
/// for any kernel set.
class TinyRandomModel {
 public:
  explicit TinyRandomModel(const TinySpec& spec);

  const TinySpec& spec() const { return spec_; }
  const ModelConfig& config() const { return config_; }

  /// Names and values of all tensors, for writing them into a file.
  const std::map<std::string, std::vector<float>>& tensors() const { return *tensors_; }

  /// What build_model asks for. It owns what it needs.
  WeightSource source() const;

  Model build(const KernelSet& kernels) const;

 private:
  TinySpec spec_;
  ModelConfig config_;
  std::shared_ptr<std::map<std::string, std::vector<float>>> tensors_;
};

}  // namespace tokenwalk
