#include "lib/base/dot.h"

#include <algorithm>

#include "lib/base/check.h"
#include "lib/base/flushed.h"
#include "lib/base/fma_clones.h"
#include "lib/base/half.h"

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

// ---- bf16 ------------------------------------------------------------------------------------

[[gnu::always_inline]] inline float add_flushing_block(float acc, const float* row,
                                                       const float* x) {
  float even = 0, odd = 0;
  for (std::size_t k = 0; k < kDotBlock; k += 2) {
    even = flushed_fma(x[k], row[k], even);
    odd = flushed_fma(x[k + 1], row[k + 1], odd);
  }
  return flushed_add(acc, flushed_add(even, odd));
}

TOKENWALK_FMA_CLONES float sum_bf16(const std::uint16_t* row, const float* x, std::size_t n) {
  float acc = 0;
  for (std::size_t k = 0; k < n; k += kDotBlock) {
    float w[kDotBlock] = {}, a[kDotBlock] = {};
    for (std::size_t i = 0; i < std::min(kDotBlock, n - k); ++i) {
      w[i] = flushed(float_from_bfloat16(row[k + i]));
      a[i] = x[k + i];
    }
    acc = add_flushing_block(acc, w, a);
  }
  return acc;
}

// ---- integers --------------------------------------------------------------------------------

TOKENWALK_FMA_CLONES float sum_q8(const Q8Block* row, const ActivationBlock* x, std::size_t n) {
  float acc = 0;
  for (std::size_t b = 0; b < n; ++b) {
    int sum = 0;
    for (std::size_t k = 0; k < kDotBlock; ++k) sum += x[b].q[k] * row[b].q[k];
    acc = __builtin_fmaf(static_cast<float>(sum), float_from_half(row[b].d) * x[b].d, acc);
  }
  return acc;
}

TOKENWALK_FMA_CLONES float sum_q4(const Q4Block* row, const ActivationBlock* x, std::size_t n) {
  constexpr std::size_t kHalf = kDotBlock / 2;
  float acc = 0;
  for (std::size_t b = 0; b < n; ++b) {
    int sum = 0;
    for (std::size_t k = 0; k < kHalf; ++k) {
      sum += x[b].q[k] * (row[b].q[k] & 15) + x[b].q[kHalf + k] * (row[b].q[k] >> 4);
    }
    acc = __builtin_fmaf(static_cast<float>(sum), float_from_half(row[b].d) * x[b].d, acc);
    acc = __builtin_fmaf(float_from_half(row[b].m), x[b].d_sum, acc);
  }
  return acc;
}

}  // namespace

float dot(std::span<const float> row, std::span<const float> x) {
  CHECK_EQ(row.size(), x.size());
  return sum_row(row.data(), x.data(), x.size());
}

float dot_column(const float* column, std::size_t stride, std::span<const float> x) {
  return sum_column(column, stride, x.data(), x.size());
}

float dot(const WeightRow& row, const Activations& x) {
  CHECK_EQ(row.size, x.size());
  CHECK(row.format == x.format());
  switch (row.format) {
    case WeightFormat::kF32:
      return sum_row(static_cast<const float*>(row.data), x.values().data(), x.size());
    case WeightFormat::kBF16:
      return sum_bf16(static_cast<const std::uint16_t*>(row.data), x.values().data(), x.size());
    case WeightFormat::kQ8_0:
      return sum_q8(static_cast<const Q8Block*>(row.data), x.blocks().data(), x.blocks().size());
    case WeightFormat::kQ4_1:
      return sum_q4(static_cast<const Q4Block*>(row.data), x.blocks().data(), x.blocks().size());
  }
  return 0;
}

}  // namespace tokenwalk
