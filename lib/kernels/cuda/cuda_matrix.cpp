#include "lib/kernels/cuda/cuda_matrix.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace tokenwalk::cuda {

CudaMatrix::CudaMatrix(Device& device, MatrixView rows) : Matrix(rows.n_rows, rows.n_cols) {
  const Weights layout = weights();
  std::vector<Chunk> chunks(layout.n_stored_units() * F32::kChunks);
  for (std::uint32_t o = 0; o < layout.n_out; ++o) {
    for (std::uint32_t u = 0; u < layout.n_units(); ++u) {
      float terms[kUnit] = {};
      const std::uint32_t n = std::min(kUnit, layout.n_in - u * kUnit);
      std::copy_n(rows.row(o).data() + u * kUnit, n, terms);
      for (std::uint32_t i = 0; i < F32::kChunks; ++i) {
        Chunk& chunk = chunks[chunk_index(place_of_unit(layout, o, u), F32::kChunks, i)];
        std::memcpy(&chunk, terms + i * 4, sizeof(chunk));
      }
    }
  }
  chunks_ = DeviceArray<Chunk>(device, chunks.size());
  chunks_.upload(chunks.data(), chunks.size());
}

Weights CudaMatrix::weights() const {
  return {chunks_.data(), scales_.data(), static_cast<std::uint32_t>(n_out),
          static_cast<std::uint32_t>(n_in)};
}

}  // namespace tokenwalk::cuda
