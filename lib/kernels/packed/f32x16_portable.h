#pragma once

#include <stddef.h>
#include <stdint.h>

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

}  // namespace
}  // namespace tokenwalk
