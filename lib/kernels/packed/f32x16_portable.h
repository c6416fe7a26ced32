#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/base/flushed.h"
#include "lib/kernels/packed/ops.h"

// The type f32x16 in plain C++: sixteen floats, each function one loop. The operations of this
// folder are written over it once; f32x16_avx2.h and f32x16_avx512.h define the same names over
// registers. A source file includes exactly one of the three.

namespace tokenwalk {
namespace {

// Sums kept at once by a product (product.h): few, since compilers keep the arrays in memory.
constexpr int kTileRows = 1;
constexpr int kTileLines = 1;
constexpr int kRowLines = 1;

struct f32x16 {
  float lane[16];
};

/// p[0] .. p[15], at any address.
[[gnu::always_inline]] inline f32x16 load(const float* p) {
  f32x16 x;
  for (int i = 0; i < 16; ++i) x.lane[i] = p[i];
  return x;
}

/// p[0] .. p[n - 1], then +0; n <= 16. Nothing beyond is read.
[[gnu::always_inline]] inline f32x16 load_first(const float* p, size_t n) {
  f32x16 x = {};
  for (size_t i = 0; i < n; ++i) x.lane[i] = p[i];
  return x;
}

[[gnu::always_inline]] inline void store(float* p, f32x16 x) {
  for (int i = 0; i < 16; ++i) p[i] = x.lane[i];
}

/// Writes the first n <= 16 lanes and nothing beyond.
[[gnu::always_inline]] inline void store_first(float* p, f32x16 x, size_t n) {
  for (size_t i = 0; i < n; ++i) p[i] = x.lane[i];
}

/// x in every lane.
[[gnu::always_inline]] inline f32x16 broadcast(float x) {
  f32x16 r;
  for (int i = 0; i < 16; ++i) r.lane[i] = x;
  return r;
}

[[gnu::always_inline]] inline f32x16 operator+(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] += b.lane[i];
  return a;
}

[[gnu::always_inline]] inline f32x16 operator-(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] -= b.lane[i];
  return a;
}

[[gnu::always_inline]] inline f32x16 operator*(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] *= b.lane[i];
  return a;
}

[[gnu::always_inline]] inline f32x16 operator/(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] /= b.lane[i];
  return a;
}

/// The sign turned, of zeros too.
[[gnu::always_inline]] inline f32x16 operator-(f32x16 x) {
  for (int i = 0; i < 16; ++i) x.lane[i] = -x.lane[i];
  return x;
}

/// a * b + c with one rounding.
[[gnu::always_inline]] inline f32x16 fma(f32x16 a, f32x16 b, f32x16 c) {
  for (int i = 0; i < 16; ++i) c.lane[i] = __builtin_fmaf(a.lane[i], b.lane[i], c.lane[i]);
  return c;
}

/// The larger one of each lane; b where either is NaN.
[[gnu::always_inline]] inline f32x16 max(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
  return a;
}

/// yes where a < b, else no (also where a or b is NaN).
[[gnu::always_inline]] inline f32x16 where_less(f32x16 a, f32x16 b, f32x16 yes, f32x16 no) {
  for (int i = 0; i < 16; ++i) no.lane[i] = a.lane[i] < b.lane[i] ? yes.lane[i] : no.lane[i];
  return no;
}

/// Bit i is set where lane i of x is at least that of bound; not where either is NaN.
[[gnu::always_inline]] inline unsigned lanes_at_least(f32x16 x, f32x16 bound) {
  unsigned lanes = 0;
  for (int i = 0; i < 16; ++i) lanes |= (x.lane[i] >= bound.lane[i] ? 1u : 0u) << i;
  return lanes;
}

/// 2^n for whole n from -126 to 127: adding 2^23 + 127 leaves n + 127, the exponent's bits, lowest.
[[gnu::always_inline]] inline f32x16 power_of_two(f32x16 n) {
  for (int i = 0; i < 16; ++i) {
    const float sum = n.lane[i] + (0x1p23f + 127);
    uint32_t bits;
    __builtin_memcpy(&bits, &sum, sizeof(bits));
    bits <<= 23;
    __builtin_memcpy(&n.lane[i], &bits, sizeof(bits));
  }
  return n;
}

[[gnu::always_inline]] inline float float_of_bits(uint32_t bits) {
  float x;
  __builtin_memcpy(&x, &bits, sizeof(x));
  return x;
}

[[gnu::always_inline]] inline uint32_t bits_of_float(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof(bits));
  return bits;
}

/// The values of 16 numbers of half precision or bfloat16, exactly; all, or the first n and +0.
[[gnu::always_inline]] inline float widened(Half h) {
  // Scaling by 2^112 turns the bias of the exponent from 15 to 127, subnormals included.
  const float magnitude = float_of_bits((h.bits & 0x7fffu) << 13) * 0x1p112f;
  const uint32_t infinite = (h.bits & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0;  // or NaN
  return float_of_bits(bits_of_float(magnitude) | infinite | (h.bits & 0x8000u) << 16);
}
[[gnu::always_inline]] inline float widened(BFloat b) {
  return float_of_bits(static_cast<uint32_t>(b.bits) << 16);
}
template <typename Narrow>
[[gnu::always_inline]] inline f32x16 load(const Narrow* p) {
  f32x16 x;
  for (int i = 0; i < 16; ++i) x.lane[i] = widened(p[i]);
  return x;
}

/// Of 16 pairs of bfloat16: the first of each, or the second.
[[gnu::always_inline]] inline f32x16 load_even(const BFloat* p) {
  f32x16 x;
  for (int i = 0; i < 16; ++i) x.lane[i] = widened(p[2 * i]);
  return x;
}
[[gnu::always_inline]] inline f32x16 load_odd(const BFloat* p) {
  f32x16 x;
  for (int i = 0; i < 16; ++i) x.lane[i] = widened(p[2 * i + 1]);
  return x;
}

/// Nearest bfloat16, ties to even, NaN stays NaN; subnormals become zero of their sign.
[[gnu::always_inline]] inline f32x16 rounded_to_bf16(f32x16 x) {
  for (int i = 0; i < 16; ++i) {
    const uint32_t bits = bits_of_float(x.lane[i]);
    const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
    const bool is_nan = x.lane[i] != x.lane[i];
    x.lane[i] = is_nan ? x.lane[i] : flushed(float_of_bits(rounded));
  }
  return x;
}

/// Sixteen whole numbers, -128 .. 127.
[[gnu::always_inline]] inline void store_int8(int8_t* p, f32x16 x) {
  for (int i = 0; i < 16; ++i) p[i] = static_cast<int8_t>(x.lane[i]);
}

}  // namespace
}  // namespace tokenwalk
