#include "chapters/13_fast_kernels/lines.h"

#include <algorithm>

namespace tokenwalk {

//! [13-pack-lines]
std::vector<float> pack_lines(MatrixView w) {
  const std::size_t n_groups = (w.n_rows + 15) / 16;
  std::vector<float> lines(n_groups * w.n_cols * 16);
  // BEGIN SOLUTION 13.3
  const auto* rows = static_cast<const float*>(w.data);
  for (std::size_t o = 0; o < w.n_rows; ++o) {
    float* group = lines.data() + o / 16 * w.n_cols * 16;
    for (std::size_t k = 0; k < w.n_cols; ++k) group[k * 16 + o % 16] = rows[o * w.n_cols + k];
  }
  // END SOLUTION
  return lines;
}
//! [13-pack-lines]

//! [13-parts]
std::vector<Part> cut_into_parts(std::size_t n_outputs, std::size_t n_rows) {
  constexpr std::size_t kOutputs = 96, kRows = 128;
  std::vector<Part> parts;
  // BEGIN SOLUTION 13.4
  for (std::size_t output = 0; output < n_outputs; output += kOutputs) {
    for (std::size_t row = 0; row < n_rows; row += kRows) {
      parts.push_back(
          {output, std::min(n_outputs - output, kOutputs), row, std::min(n_rows - row, kRows)});
    }
  }
  // END SOLUTION
  return parts;
}
//! [13-parts]

}  // namespace tokenwalk
