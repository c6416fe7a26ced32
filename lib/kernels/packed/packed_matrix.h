#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "lib/kernels/kernels.h"
#include "lib/kernels/packed/aligned_array.h"
#include "lib/kernels/packed/ops.h"

namespace tokenwalk {

/// Weights [n_out, n_in] in lines of 64 bytes, each 16 outputs times the terms that fit: groups of
/// 16 outputs, one after the other, the outputs filled up with zeros, and
///     f32   [n_in][16 outputs]
///     bf16  [n_blocks * 16 pairs][16 outputs][2 terms]
///     q8_0  [n_blocks][8][16 outputs][4 terms] bytes; scales [n_blocks][16] d
///     q4_1  [n_blocks][4][16 outputs][4 terms] pairs of halves; scales [n_blocks][2][16] d, m
/// where n_blocks blocks of 32 terms, the last filled up with zeros, hold n_in. A step along n_in
/// loads one line for 16 outputs, and no sum crosses lanes. IntegerProduct in ops.h says more.
struct PackedMatrix : Matrix {
  PackedMatrix(std::size_t out, std::size_t in, WeightFormat format);

  std::size_t n_blocks() const { return (n_in + kSumBlock - 1) / kSumBlock; }
  std::size_t n_groups() const { return (n_out + 15) / 16; }

  std::size_t group_bytes() const;   ///< of the lines of one group
  std::size_t group_scales() const;  ///< f16 numbers of one group

  /// The lines from group `group` on, as floats, BFloat or bytes.
  template <typename Element>
  const Element* lines_of(std::size_t group) const {
    return reinterpret_cast<const Element*>(lines.data() + group * group_bytes());
  }
  const Half* scales_of(std::size_t group) const { return scales.data() + group * group_scales(); }

  AlignedBytes lines;
  AlignedArray<Half> scales;
};

/// The weights in lines, read and arranged by all threads.
std::unique_ptr<PackedMatrix> pack_matrix(const WeightRows& rows, ThreadPool& pool);

/// Row `index` of the weights, its values as floats: out [n_in].
void unpack_matrix_row(const PackedMatrix& matrix, std::size_t index, std::span<float> out);

}  // namespace tokenwalk
