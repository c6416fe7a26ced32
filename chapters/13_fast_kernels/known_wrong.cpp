#include "chapters/13_fast_kernels/known_wrong.h"

#include <cmath>

#include "lib/base/lanes.h"

namespace tokenwalk {

//! [13-known-wrong]
float dot_in_16_sums(std::span<const float> row, std::span<const float> x) {
  float sum[kLanes] = {};
  for (std::size_t k = 0; k < x.size(); ++k) {
    sum[k % kLanes] = std::fma(x[k], row[k], sum[k % kLanes]);
  }
  return tree_sum(sum);
}
//! [13-known-wrong]

}  // namespace tokenwalk
