#pragma once

#include <cstddef>
#include <span>

#include "lib/base/activations.h"
#include "lib/base/weight_row.h"

namespace tokenwalk {

/// Terms in a block of the summing rule.
inline constexpr std::size_t kDotBlock = 32;
static_assert(kDotBlock == kWeightBlock);

/// The dot product of two vectors of the same length, summed by the one rule that every product of
/// this project keeps, whatever computes it:
///     acc = 0
///     for each block of 32:  even = odd = 0
///         for k in block, in pairs:  even = fma(x[k], row[k], even)
///                                    odd  = fma(x[k+1], row[k+1], odd)
///         acc = acc + (even + odd)
/// A short last block counts as filled with +0. The rule fixes every rounding, so the result
/// depends on the numbers alone: not on the machine, on threads, or on how many rows there are.
float dot(std::span<const float> row, std::span<const float> x);

/// The same rule down a column: terms x[k] * column[k * stride], k = 0 .. x.size() - 1.
float dot_column(const float* column, std::size_t stride, std::span<const float> x);

/// The dot product of a row of weights with activations rounded for its format.
///     f32   the rule above
///     bf16  the rule above; subnormal weights count as zero of their sign, and every fma and sum
///           flushes (lib/base/flushed.h)
///     q8_0  for each block: acc = fma(float(sum of xq[k] * wq[k]), d_w * d_x, acc)
///     q4_1  the same, then acc = fma(m_w, d_x * float(sum of xq[k]), acc)
/// The sums of integers are exact in any order.
float dot(const WeightRow& row, const Activations& x);

}  // namespace tokenwalk
