#include "chapters/13_fast_kernels/transposed.h"

#include <algorithm>

#include "lib/base/fma_clones.h"

namespace tokenwalk {

//! [13-transpose]
std::vector<float> transpose(MatrixView w) {
  std::vector<float> columns(w.n_rows * w.n_cols);
  // BEGIN SOLUTION 13.1
  const auto* rows = static_cast<const float*>(w.data);
  for (std::size_t o = 0; o < w.n_rows; ++o) {
    for (std::size_t k = 0; k < w.n_cols; ++k) columns[k * w.n_rows + o] = rows[o * w.n_cols + k];
  }
  // END SOLUTION
  return columns;
}
//! [13-transpose]

//! [13-add-block]
TOKENWALK_FMA_CLONES void add_block_to_all(const float* w, const float* x, std::size_t n_terms,
                                           std::span<float> even, std::span<float> odd, float* y) {
  // BEGIN SOLUTION 13.2
  const std::size_t n_out = even.size();
  std::fill(even.begin(), even.end(), 0.0f);
  std::fill(odd.begin(), odd.end(), 0.0f);
  for (std::size_t k = 0; k < n_terms; ++k) {
    float* sum = k % 2 == 0 ? even.data() : odd.data();
    for (std::size_t o = 0; o < n_out; ++o) sum[o] = __builtin_fmaf(x[k], w[k * n_out + o], sum[o]);
  }
  for (std::size_t o = 0; o < n_out; ++o) y[o] = y[o] + (even[o] + odd[o]);
  // END SOLUTION
}
//! [13-add-block]

}  // namespace tokenwalk
