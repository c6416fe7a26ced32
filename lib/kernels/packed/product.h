#pragma once

#include "lib/kernels/packed/ops.h"

// Products by the summing rule of lib/base/dot.h: weights, scores and the mixing of values alike.
// A tile of rows x lines is summed at once, so that every line and every x is loaded once for
// several sums, and enough independent sums run to hide the latency of fma.

namespace tokenwalk {
namespace {

[[gnu::always_inline]] inline size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

// How the terms k and k + 1 of a line are read and added up. Plain: a line for each term.
template <typename E>
struct PlainTerms {
  using Element = E;
  static constexpr bool kFewRowsWait = false;
  static constexpr int kLinesOfPair = 2;

  [[gnu::always_inline]] static f32x16 even(const E* w, size_t) { return load(w); }
  [[gnu::always_inline]] static f32x16 odd(const E* w, size_t stride) { return load(w + stride); }
  [[gnu::always_inline]] static f32x16 multiply_add(f32x16 a, f32x16 b, f32x16 c) {
    return fma(a, b, c);
  }
  [[gnu::always_inline]] static f32x16 add(f32x16 a, f32x16 b) { return a + b; }
};

// Cached keys and values: even several rows, the query heads that share them, wait for memory.
template <typename E>
struct CachedTerms : PlainTerms<E> {
  static constexpr bool kFewRowsWait = true;
};

// The bf16 mode: one line holds both terms, and every result is flushed.
struct PairTerms {
  using Element = BFloat;
  static constexpr bool kFewRowsWait = false;
  static constexpr int kLinesOfPair = 1;

  [[gnu::always_inline]] static f32x16 even(const BFloat* w, size_t) { return load_even(w); }
  [[gnu::always_inline]] static f32x16 odd(const BFloat* w, size_t) { return load_odd(w); }
  [[gnu::always_inline]] static f32x16 multiply_add(f32x16 a, f32x16 b, f32x16 c) {
    return fma_flushed(a, b, c);
  }
  [[gnu::always_inline]] static f32x16 add(f32x16 a, f32x16 b) { return add_flushed(a, b); }
};

// Asks for what will be read soon, p.ahead numbers further on. A single row waits for memory more
// than for sums.
template <typename Terms, int kLines>
[[gnu::always_inline]] inline void prefetch_terms(const Product<typename Terms::Element>& p,
                                                  const typename Terms::Element* w) {
#pragma GCC unroll 16
  for (int l = 0; l < kLines; ++l) {
    const auto* ahead = w + l * p.line_stride + p.ahead;
    __builtin_prefetch(ahead, 0, 2);
    if constexpr (Terms::kLinesOfPair == 2) __builtin_prefetch(ahead + p.term_stride, 0, 2);
  }
}

//! [13-add-term]
// sum[r][l] += x[r] * line[l] for one term. g++ keeps the sums in registers only if every loop over
// them is unrolled and stands inside another loop.
template <typename Terms, int kRows, int kLines>
[[gnu::always_inline]] inline void add_term(f32x16 (&sum)[kRows][kLines],
                                            const f32x16 (&line)[kLines], const float* x,
                                            size_t x_stride) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    const f32x16 x_r = broadcast(x[r * x_stride]);
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) sum[r][l] = Terms::multiply_add(x_r, line[l], sum[r][l]);
  }
}
//! [13-add-term]

// The same for the first term of the pairs at w and x, or for the second.
template <typename Terms, bool kSecond, int kRows, int kLines>
[[gnu::always_inline]] inline void add_half(f32x16 (&sum)[kRows][kLines],
                                            const Product<typename Terms::Element>& p,
                                            const typename Terms::Element* w, const float* x) {
  f32x16 line[kLines];
#pragma GCC unroll 16
  for (int l = 0; l < kLines; ++l) {
    const auto* pair = w + l * p.line_stride;
    line[l] = kSecond ? Terms::odd(pair, p.term_stride) : Terms::even(pair, p.term_stride);
  }
  add_term<Terms>(sum, line, kSecond ? x + 1 : x, p.x_stride);
}

//! [13-add-block-of-tile]
// Adds a block of `count` <= 32 terms: acc + (even + odd). A short block of plain terms may stop
// early: the +0 it would be filled with could change only the sign of a zero, and acc is never -0.
template <typename Terms, int kRows, int kLines>
[[gnu::always_inline]] inline void add_block(f32x16 (&acc)[kRows][kLines],
                                             const Product<typename Terms::Element>& p,
                                             const typename Terms::Element* w, const float* x,
                                             size_t count) {
  f32x16 even[kRows][kLines], odd[kRows][kLines];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) even[r][l] = odd[r][l] = broadcast(0.0f);
  }
  for (; count >= 2; count -= 2) {
    if constexpr (kRows == 1 || Terms::kFewRowsWait) prefetch_terms<Terms, kLines>(p, w);
    add_half<Terms, false>(even, p, w, x);
    add_half<Terms, true>(odd, p, w, x);
    w += 2 * p.term_stride;
    x += 2;
  }
  if (count == 1) add_half<Terms, false>(even, p, w, x);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) {
      acc[r][l] = Terms::add(acc[r][l], Terms::add(even[r][l], odd[r][l]));
    }
  }
}
//! [13-add-block-of-tile]

// All terms of rows row .. row + kRows - 1 and lines line .. line + kLines - 1.
template <typename Terms, int kRows, int kLines>
inline void compute_tile(const Product<typename Terms::Element>& p, size_t row, size_t line) {
  const auto* w = p.w + line * p.line_stride;
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
    add_block<Terms>(acc, p, w + k * p.term_stride, x + k, smaller(p.n_terms - k, kSumBlock));
  }
  for (int r = 0; r < kRows; ++r) {
    for (int l = 0; l < kLines; ++l) {
      store_first(y + r * p.y_stride + l * 16, acc[r][l], smaller(width - l * 16, 16));
    }
  }
}

// All outputs of rows row .. row + kRows - 1.
template <typename Terms, int kRows>
inline void compute_rows(const Product<typename Terms::Element>& p, size_t row) {
  constexpr int kLines = kRows == 1 ? kRowLines : kTileLines;
  const size_t n_lines = (p.n_outputs + 15) / 16;
  size_t line = 0;
  for (; line + kLines <= n_lines; line += kLines) compute_tile<Terms, kRows, kLines>(p, row, line);
  for (; line < n_lines; ++line) compute_tile<Terms, kRows, 1>(p, row, line);
}

// The rows from `row` on, at most kRows of them.
template <typename Terms, int kRows>
inline void compute_last_rows(const Product<typename Terms::Element>& p, size_t row) {
  if constexpr (kRows > 0) {
    if (p.n_rows - row == kRows) {
      compute_rows<Terms, kRows>(p, row);
    } else {
      compute_last_rows<Terms, kRows - 1>(p, row);
    }
  }
}

template <typename Terms>
inline void compute_all(const Product<typename Terms::Element>& p) {
  size_t row = 0;
  for (; row + kTileRows <= p.n_rows; row += kTileRows) compute_rows<Terms, kTileRows>(p, row);
  compute_last_rows<Terms, kTileRows - 1>(p, row);
}

inline void product_f32(const Product<float>* p) {
  compute_all<PlainTerms<float>>(*p);
}

// Cached numbers of any float type, widened exactly.
template <typename Element>
inline void cached_product(const Product<Element>& p) {
  compute_all<CachedTerms<Element>>(p);
}

// The bf16 mode. Not inlined: what is computed must not move out of the scope that flushes.
[[gnu::noinline]] inline void compute_pairs(const Product<BFloat>& p) {
  compute_all<PairTerms>(p);
}

inline void product_bf16(const Product<BFloat>* p) {
  const FlushSubnormals scope;
  compute_pairs(*p);
}

}  // namespace
}  // namespace tokenwalk
