#pragma once

#include "lib/kernels/packed/ops.h"
#include "lib/kernels/packed/product.h"
#include "lib/kernels/packed/vector_math.h"

// Activations rounded for the products of a format, to the bit as lib/base/activations.cpp does.

namespace tokenwalk {
namespace {

[[gnu::always_inline]] inline size_t up_to_blocks(size_t n) {
  return (n + kSumBlock - 1) / kSumBlock * kSumBlock;
}

inline void round_bf16(const float* x, size_t n, float* rounded) {
  for (size_t i = 0; i < up_to_blocks(n); i += 16) {
    const size_t count = i < n ? smaller(n - i, 16) : 0;
    store(rounded + i, rounded_to_bf16(load_first(x + i, count)));
  }
}

// 16 whole numbers: nearest to x * scale, ties to even.
[[gnu::always_inline]] inline f32x16 nearest(f32x16 x, float scale) {
  const f32x16 to_integer = broadcast(0x1.8p23f);
  return (x * broadcast(scale) + to_integer) - to_integer;
}

// 32 numbers in two registers become the block `at` of q.
[[gnu::always_inline]] inline void quantize_block(f32x16 low, f32x16 high, size_t at,
                                                  const QuantizedRows& q) {
  constexpr float kLargestQ = 127, kLeastAmax = 1e-30f;
  const float nan_if_any = tree_sum((low - low) + (high - high));  // 0 if all are finite
  const float amax = largest(max(max(low, -low), max(high, -high)));
  const bool finite = nan_if_any == 0;
  const bool is_zero = !finite || amax < kLeastAmax;

  q.d[at] = finite ? (is_zero ? 0 : amax / kLargestQ) : nan_if_any;
  const float scale = is_zero ? 0 : kLargestQ / amax;
  const f32x16 none = broadcast(0);
  const f32x16 q_low = is_zero ? none : nearest(low, scale);
  const f32x16 q_high = is_zero ? none : nearest(high, scale);
  store_int8(q.q + at * kSumBlock, q_low);
  store_int8(q.q + at * kSumBlock + 16, q_high);
  q.d_sum[at] = q.d[at] * (tree_sum(q_low + q_high) + 0.0f);  // as of an integer, never -0
}

inline void quantize(const float* x, size_t n, size_t row, const QuantizedRows* q) {
  for (size_t b = 0; b < q->n_blocks; ++b) {
    const size_t k = b * kSumBlock;
    const f32x16 low = load_first(x + k, smaller(n - k, 16));
    const size_t behind = n - k > 16 ? smaller(n - k - 16, 16) : 0;
    quantize_block(low, load_first(x + k + 16, behind), row * q->n_blocks + b, *q);
  }
}

}  // namespace
}  // namespace tokenwalk
