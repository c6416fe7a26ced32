#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tokenwalk {

/// Sizes of a tensor's dimensions, outermost first: {3, 4} is three rows of four numbers.
/// Empty: a single number.
using Shape = std::vector<std::size_t>;

/// How many numbers a tensor of this shape holds, 1 for an empty shape.
std::size_t count_values(const Shape& shape);

/// Numbers that belong to someone else, seen as a tensor: row-major, the last dimension's numbers
/// side by side.
struct TensorView {
  std::span<const float> values;
  Shape shape;
};

/// A tensor that owns its numbers, row-major.
struct Tensor {
  Shape shape;
  std::vector<float> values;

  TensorView view() const { return {values, shape}; }
};

}  // namespace tokenwalk
