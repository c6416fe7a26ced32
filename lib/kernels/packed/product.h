#pragma once

#include "lib/kernels/packed/ops.h"

// Products by the summing rule of lib/base/dot.h: weights, scores and the mixing of values alike.
// A tile of rows x lines is summed at once, so that every line and every x is loaded once for
// several sums, and enough independent sums run to hide the latency of fma.

namespace tokenwalk {
namespace {

constexpr size_t kSumBlock = 32;        // terms: kDotBlock of lib/base/dot.h
constexpr size_t kPrefetchTerms = 128;  // 8 KB ahead in each line

[[gnu::always_inline]] inline size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

// Asks for what a single row will read soon: it waits for memory more than for sums.
template <int kLines>
[[gnu::always_inline]] inline void prefetch_terms(const Product& p, const float* w) {
#pragma GCC unroll 16
  for (int l = 0; l < kLines; ++l) {
    const float* ahead = w + l * p.line_stride + kPrefetchTerms * p.term_stride;
    __builtin_prefetch(ahead, 0, 2);
    __builtin_prefetch(ahead + p.term_stride, 0, 2);
  }
}

// sum[r][l] += x[r] * line[l] for one term. g++ keeps the sums in registers only if every loop over
// them is unrolled and stands inside another loop.
template <int kRows, int kLines>
[[gnu::always_inline]] inline void add_term(f32x16 (&sum)[kRows][kLines], const float* w,
                                            size_t line_stride, const float* x, size_t x_stride) {
  f32x16 line[kLines];
#pragma GCC unroll 16
  for (int l = 0; l < kLines; ++l) line[l] = load(w + l * line_stride);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    const f32x16 x_r = broadcast(x[r * x_stride]);
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) sum[r][l] = fma(x_r, line[l], sum[r][l]);
  }
}

// Adds a block of `count` <= 32 terms: acc + (even + odd). A short block may stop early: the +0 it
// would be filled with could change only the sign of a zero, and acc is never -0.
template <int kRows, int kLines>
[[gnu::always_inline]] inline void add_block(f32x16 (&acc)[kRows][kLines], const Product& p,
                                             const float* w, const float* x, size_t count) {
  f32x16 even[kRows][kLines], odd[kRows][kLines];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) even[r][l] = odd[r][l] = broadcast(0.0f);
  }
  for (; count >= 2; count -= 2) {
    if constexpr (kRows == 1) prefetch_terms<kLines>(p, w);
    add_term(even, w, p.line_stride, x, p.x_stride);
    add_term(odd, w + p.term_stride, p.line_stride, x + 1, p.x_stride);
    w += 2 * p.term_stride;
    x += 2;
  }
  if (count == 1) add_term(even, w, p.line_stride, x, p.x_stride);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) acc[r][l] = acc[r][l] + (even[r][l] + odd[r][l]);
  }
}

// All terms of rows row .. row + kRows - 1 and lines line .. line + kLines - 1.
template <int kRows, int kLines>
inline void compute_tile(const Product& p, size_t row, size_t line) {
  const float* w = p.w + line * p.line_stride;
  const float* x = p.x + row * p.x_stride;
  float* y = p.y + row * p.y_stride + line * 16;
  const size_t width = p.n_outputs - line * 16;  // outputs from here on

  f32x16 acc[kRows][kLines];
  for (int r = 0; r < kRows; ++r) {
    for (int l = 0; l < kLines; ++l) {
      const size_t n = p.continues ? smaller(width - l * 16, 16) : 0;
      acc[r][l] = load_first(y + r * p.y_stride + l * 16, n);
    }
  }
  for (size_t k = 0; k < p.n_terms; k += kSumBlock) {
    add_block(acc, p, w + k * p.term_stride, x + k, smaller(p.n_terms - k, kSumBlock));
  }
  for (int r = 0; r < kRows; ++r) {
    for (int l = 0; l < kLines; ++l) {
      store_first(y + r * p.y_stride + l * 16, acc[r][l], smaller(width - l * 16, 16));
    }
  }
}

// All outputs of rows row .. row + kRows - 1.
template <int kRows>
inline void compute_rows(const Product& p, size_t row) {
  constexpr int kLines = kRows == 1 ? kRowLines : kTileLines;
  const size_t n_lines = (p.n_outputs + 15) / 16;
  size_t line = 0;
  for (; line + kLines <= n_lines; line += kLines) compute_tile<kRows, kLines>(p, row, line);
  for (; line < n_lines; ++line) compute_tile<kRows, 1>(p, row, line);
}

// The rows from `row` on, at most kRows of them.
template <int kRows>
inline void compute_last_rows(const Product& p, size_t row) {
  if constexpr (kRows > 0) {
    if (p.n_rows - row == kRows) {
      compute_rows<kRows>(p, row);
    } else {
      compute_last_rows<kRows - 1>(p, row);
    }
  }
}

inline void product(const Product* p) {
  size_t row = 0;
  for (; row + kTileRows <= p->n_rows; row += kTileRows) compute_rows<kTileRows>(*p, row);
  compute_last_rows<kTileRows - 1>(*p, row);
}

}  // namespace
}  // namespace tokenwalk
