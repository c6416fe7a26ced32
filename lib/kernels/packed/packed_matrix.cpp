#include "lib/kernels/packed/packed_matrix.h"

#include <algorithm>

#include "lib/base/check.h"

namespace tokenwalk {
namespace {

// Outputs first .. first + 15, as far as there are so many, into lines [n_in][16].
void pack_lines(MatrixView weights, std::size_t first, float* lines) {
  const std::size_t n = std::min<std::size_t>(weights.n_rows - first, 16);
  for (std::size_t k0 = 0; k0 < weights.n_cols; k0 += 16) {  // 16 x 16 at a time: in cache
    const std::size_t k1 = std::min(k0 + 16, weights.n_cols);
    for (std::size_t i = 0; i < 16; ++i) {
      const float* row = weights.data + (first + i) * weights.n_cols;
      for (std::size_t k = k0; k < k1; ++k) lines[k * 16 + i] = i < n ? row[k] : 0.0f;
    }
  }
}

}  // namespace

std::unique_ptr<PackedMatrix> pack_matrix(MatrixView weights, ThreadPool& pool) {
  auto matrix = std::make_unique<PackedMatrix>(weights.n_rows, weights.n_cols);
  const std::size_t n_lines = (weights.n_rows + 15) / 16;
  pool.for_chunks(n_lines, 4, [&](std::size_t begin, std::size_t end) {
    for (std::size_t line = begin; line < end; ++line) {
      pack_lines(weights, line * 16, matrix->values.data() + line * matrix->line_stride());
    }
  });
  return matrix;
}

void unpack_matrix_row(const PackedMatrix& matrix, std::size_t index, std::span<float> out) {
  CHECK_LT(index, matrix.n_out);
  CHECK_EQ(out.size(), matrix.n_in);
  const float* line = matrix.values.data() + index / 16 * matrix.line_stride() + index % 16;
  for (std::size_t k = 0; k < matrix.n_in; ++k) out[k] = line[k * 16];
}

}  // namespace tokenwalk
