#pragma once

#include <cstddef>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// A float32 matrix [n_out, n_in] in lines of 16 outputs: [n_out / 16, rounded up][n_in][16]. The
/// outputs behind the last are zeros.
std::vector<float> pack_lines(MatrixView w);

/// Some outputs of some rows.
struct Part {
  std::size_t output = 0, n_outputs = 0;
  std::size_t row = 0, n_rows = 0;
};

/// Cuts a product of n_outputs by n_rows numbers into parts of at most 96 outputs and 128 rows, so
/// that the weights of a part stay in cache for all of its rows. Every number is in one part. Rows
/// count fastest: neighbours in the list share their weights.
std::vector<Part> cut_into_parts(std::size_t n_outputs, std::size_t n_rows);

}  // namespace tokenwalk
