#pragma once

#include <stddef.h>
#include <stdint.h>

// Lines of 64 small integers in plain C++: 16 outputs times 4 terms. The integer products of this
// folder are written over these types once; i8x64_avx2.h and i8x64_avx512.h define the same names
// over registers. A source file includes exactly one of them, after its f32x16.

namespace tokenwalk {
namespace {

// Rows and lines whose sums are kept at once (integer_product.h).
constexpr int kIntegerTileRows = 1;
constexpr int kIntegerRowLines = 1;

/// Weights -128 .. 127.
struct SignedLine {
  int8_t byte[64];
};

/// Weights 0 .. 15.
struct UnsignedLine {
  uint8_t byte[64];
};

/// Four activations, -127 .. 127, against every output.
struct FourTerms {
  int8_t byte[4];
};

/// Sums of the 16 outputs over a block of 32 terms: of 8-bit weights, and of 4-bit weights.
struct WideSum {
  int32_t lane[16];
};
using NarrowSum = WideSum;

/// What a target adds to its sums because of the weights' signs, and takes off in the end: nothing.
struct SignedBias {};

[[gnu::always_inline]] inline WideSum zero_wide() {
  return {};
}
[[gnu::always_inline]] inline NarrowSum zero_narrow() {
  return {};
}
[[gnu::always_inline]] inline SignedBias zero_bias() {
  return {};
}
[[gnu::always_inline]] inline SignedBias add_bias(SignedBias bias, const SignedLine&) {
  return bias;
}

[[gnu::always_inline]] inline SignedLine load_signed(const uint8_t* p) {
  SignedLine line;
  __builtin_memcpy(line.byte, p, 64);
  return line;
}

/// The low and the high four bits of 64 bytes.
[[gnu::always_inline]] inline UnsignedLine load_low_halves(const uint8_t* p) {
  UnsignedLine line;
  for (int i = 0; i < 64; ++i) line.byte[i] = p[i] & 15;
  return line;
}
[[gnu::always_inline]] inline UnsignedLine load_high_halves(const uint8_t* p) {
  UnsignedLine line;
  for (int i = 0; i < 64; ++i) line.byte[i] = p[i] >> 4;
  return line;
}

[[gnu::always_inline]] inline FourTerms broadcast4(const int8_t* x) {
  return {{x[0], x[1], x[2], x[3]}};
}

/// sum[o] + the products of output o's four weights with the four terms.
template <typename Line>
[[gnu::always_inline]] inline WideSum add_products(WideSum sum, const Line& w, FourTerms x) {
  for (int o = 0; o < 16; ++o) {
    for (int i = 0; i < 4; ++i) sum.lane[o] += w.byte[4 * o + i] * x.byte[i];
  }
  return sum;
}
[[gnu::always_inline]] inline WideSum add_dot(WideSum sum, const SignedLine& w, FourTerms x) {
  return add_products(sum, w, x);
}
[[gnu::always_inline]] inline NarrowSum add_small_dot(NarrowSum sum, const UnsignedLine& w,
                                                      FourTerms x) {
  return add_products(sum, w, x);
}

[[gnu::always_inline]] inline f32x16 to_float(const NarrowSum& sum) {
  f32x16 x;
  for (int i = 0; i < 16; ++i) x.lane[i] = static_cast<float>(sum.lane[i]);
  return x;
}
[[gnu::always_inline]] inline f32x16 to_float(const WideSum& sum, SignedBias) {
  return to_float(sum);
}

}  // namespace
}  // namespace tokenwalk
