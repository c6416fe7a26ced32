#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "lib/kernels/kernels.h"
#include "lib/kernels/packed/aligned_floats.h"

namespace tokenwalk {

/// What a line of 64 bytes holds: 16 outputs times as many terms as fit.
enum class PackedFormat {
  kF32,  ///< one term
};

/// Weights [n_out, n_in] in lines: [n_out / 16, rounded up][n_in][16 outputs], the outputs filled
/// up with zeros. A step along n_in loads one line for 16 outputs, and no sum crosses lanes.
struct PackedMatrix : Matrix {
  PackedMatrix(std::size_t out, std::size_t in)
      : Matrix(out, in), values((out + 15) / 16 * 16 * in) {}

  /// Floats from one line of outputs to the next.
  std::size_t line_stride() const { return n_in * 16; }

  PackedFormat format = PackedFormat::kF32;
  AlignedFloats values;
};

/// A copy of `weights` in lines, made by all threads.
std::unique_ptr<PackedMatrix> pack_matrix(MatrixView weights, ThreadPool& pool);

/// Row `index` of the weights as it was: out [n_in].
void unpack_matrix_row(const PackedMatrix& matrix, std::size_t index, std::span<float> out);

}  // namespace tokenwalk
