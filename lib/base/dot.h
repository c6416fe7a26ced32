#pragma once

#include <cstddef>
#include <span>

namespace tokenwalk {

/// Terms in a block of the summing rule.
inline constexpr std::size_t kDotBlock = 32;

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

}  // namespace tokenwalk
