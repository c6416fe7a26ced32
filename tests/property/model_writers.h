#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/tiny_random_model.h"

namespace tokenwalk {

/// The shape of a tensor in a file.
struct TensorShape {
  std::size_t n_rows = 0;
  std::size_t n_cols = 0;  // 0: a vector
};

/// Shapes by name, as build_model asks for them.
std::map<std::string, TensorShape> shapes_of(const TinyRandomModel& random,
                                             const KernelSet& kernels);

/// The config.json of a model.
std::string config_json(const ModelConfig& c);

/// The bytes of a safetensors file with these tensors in float32.
std::string safetensors_of(const std::map<std::string, std::vector<float>>& tensors,
                           const std::map<std::string, TensorShape>& shapes);

/// The bytes of a GGUF file of the model, the rows of Q and K interleaved or as they are.
std::string gguf_of(const TinyRandomModel& random, const std::map<std::string, TensorShape>& shapes,
                    bool interleaved);

}  // namespace tokenwalk
