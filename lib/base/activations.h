#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/weight_row.h"

namespace tokenwalk {

/// 32 activations as 8-bit integers: x is about d * q.
struct ActivationBlock {
  float d;      // amax / 127
  float d_sum;  // d * (q[0] + q[1] + ...), for the offsets of q4_1
  std::int8_t q[kWeightBlock];
};

/// A row of activations as products with weights of a format take it:
///
///   f32         as it is
///   bf16        each number rounded to bfloat16: nearest, ties to even; then subnormals become
///               zero of their sign
///   q8_0, q4_1  blocks of 32: d = amax / 127, q = rint(x * (127 / amax)), every step rounded in
///               float32, ties to even. amax < 1e-30: d = 0 and all q = 0. A block that holds NaN
///               or infinity: d is NaN, q = 0. A short last block is filled with zeros.
class Activations {
 public:
  /// For f32, x must outlive this.
  Activations(std::span<const float> x, WeightFormat format);

  WeightFormat format() const { return format_; }
  std::size_t size() const { return size_; }

  /// f32 and bf16: the numbers.
  std::span<const float> values() const { return values_; }

  /// q8_0 and q4_1: the blocks.
  std::span<const ActivationBlock> blocks() const { return blocks_; }

 private:
  WeightFormat format_;
  std::size_t size_;
  std::span<const float> values_;
  std::vector<float> rounded_;
  std::vector<ActivationBlock> blocks_;
};

}  // namespace tokenwalk
