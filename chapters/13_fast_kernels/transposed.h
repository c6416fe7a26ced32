#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// The transpose [n_in, n_out] of a float32 matrix w [n_out, n_in].
std::vector<float> transpose(MatrixView w);

/// Adds up to 32 terms, one block of the summing rule (lib/base/dot.h), to all outputs at once:
///     y[o] = y[o] + (even[o] + odd[o])
/// where even[o] sums x[k] * w[k * n_out + o] over k = 0, 2, 4, ... < n_terms, odd[o] over the
/// others, each from 0, each term one fma. w points at the block's first row of the transpose; even
/// and odd have n_out numbers each, whatever they hold before.
void add_block_to_all(const float* w, const float* x, std::size_t n_terms, std::span<float> even,
                      std::span<float> odd, float* y);

}  // namespace tokenwalk
