#include "lib/kernels/kernels.h"

#include <cstring>

namespace tokenwalk {

std::unique_ptr<Matrix> KernelSet::pack(MatrixView weights) const {
  const auto copy = [weights](std::size_t first, std::size_t n, std::byte* out) {
    const std::size_t bytes = n * weight_row_bytes(weights.format, weights.n_cols);
    if (bytes > 0) std::memcpy(out, weights.row(first).data, bytes);
  };
  return pack(WeightRows{weights.n_rows, weights.n_cols, weights.format, copy});
}

}  // namespace tokenwalk
