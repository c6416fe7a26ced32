#include "lib/base/dot.h"

#include "lib/base/check.h"
#include "lib/base/fma_clones.h"

namespace tokenwalk {
namespace {

// One block: 32 terms in two lanes, added to acc. `stride` is the distance between terms of row.
[[gnu::always_inline]] inline float add_block(float acc, const float* row, std::size_t stride,
                                              const float* x) {
  float even = 0, odd = 0;
  for (std::size_t k = 0; k < kDotBlock; k += 2) {
    even = __builtin_fmaf(x[k], row[k * stride], even);
    odd = __builtin_fmaf(x[k + 1], row[(k + 1) * stride], odd);
  }
  return acc + (even + odd);
}

[[gnu::always_inline]] inline float sum_by_rule(const float* row, std::size_t stride,
                                                const float* x, std::size_t n) {
  float acc = 0;
  std::size_t k = 0;
  for (; k + kDotBlock <= n; k += kDotBlock) acc = add_block(acc, row + k * stride, stride, x + k);
  if (k == n) return acc;

  float last_row[kDotBlock] = {}, last_x[kDotBlock] = {};  // a short block is filled with +0
  for (std::size_t i = 0; k + i < n; ++i) {
    last_row[i] = row[(k + i) * stride];
    last_x[i] = x[k + i];
  }
  return add_block(acc, last_row, 1, last_x);
}

TOKENWALK_FMA_CLONES float sum_row(const float* row, const float* x, std::size_t n) {
  return sum_by_rule(row, 1, x, n);
}

TOKENWALK_FMA_CLONES float sum_column(const float* column, std::size_t stride, const float* x,
                                      std::size_t n) {
  return sum_by_rule(column, stride, x, n);
}

}  // namespace

float dot(std::span<const float> row, std::span<const float> x) {
  CHECK_EQ(row.size(), x.size());
  return sum_row(row.data(), x.data(), x.size());
}

float dot_column(const float* column, std::size_t stride, std::span<const float> x) {
  return sum_column(column, stride, x.data(), x.size());
}

}  // namespace tokenwalk
