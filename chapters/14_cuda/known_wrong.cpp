#include "chapters/14_cuda/known_wrong.h"

#include <cmath>

#include "lib/base/check.h"

namespace tokenwalk {

//! [14-dot-of-a-warp]
float dot_of_a_warp(std::span<const float> row, std::span<const float> x) {
  CHECK_EQ(row.size(), x.size());
  float lane[32] = {};
  for (std::size_t k = 0; k < x.size(); ++k) lane[k % 32] = std::fma(x[k], row[k], lane[k % 32]);
  for (std::size_t half = 16; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) lane[i] += lane[i + half];
  }
  return lane[0];
}
//! [14-dot-of-a-warp]

}  // namespace tokenwalk
