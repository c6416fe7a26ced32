#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// Where a model's tensors come from. They are asked for by their Hugging Face names,
/// "model.layers.0.self_attn.q_proj.weight", and by the shapes that the model's configuration gives
/// them.
class TensorSource {
 public:
  virtual ~TensorSource() = default;

  /// n numbers.
  virtual std::vector<float> vector(const std::string& name, std::size_t n) const = 0;

  /// A matrix to pack. It may be read as long as this lives.
  virtual WeightRows matrix(const std::string& name, std::size_t n_rows,
                            std::size_t n_cols) const = 0;
};

/// Tensors that a function makes: the values of the tensor of that name, row-major (n_cols 0: a
/// vector).
using WeightSource = std::function<std::vector<float>(const std::string& name, std::size_t n_rows,
                                                      std::size_t n_cols)>;

/// Such tensors as a source, the matrices rounded to `format`.
std::unique_ptr<TensorSource> made_tensors(WeightSource make, WeightFormat format);

}  // namespace tokenwalk
