#pragma once

#include <stddef.h>
#include <stdint.h>

// The type f64x16 in plain C++: sixteen doubles, each function one loop. f64x16_avx2.h and
// f64x16_avx512.h define the same names over registers. The sampler's scan is written over it.

namespace tokenwalk {
namespace {

struct f64x16 {
  double lane[16];
};

/// p[0] .. p[15], at any address; floats are widened.
[[gnu::always_inline]] inline f64x16 load_wide(const float* p) {
  f64x16 x;
  for (int i = 0; i < 16; ++i) x.lane[i] = p[i];
  return x;
}
[[gnu::always_inline]] inline f64x16 load_wide(const double* p) {
  f64x16 x;
  for (int i = 0; i < 16; ++i) x.lane[i] = p[i];
  return x;
}

[[gnu::always_inline]] inline void store(double* p, f64x16 x) {
  for (int i = 0; i < 16; ++i) p[i] = x.lane[i];
}

/// x in every lane.
[[gnu::always_inline]] inline f64x16 broadcast_wide(double x) {
  f64x16 r;
  for (int i = 0; i < 16; ++i) r.lane[i] = x;
  return r;
}

[[gnu::always_inline]] inline f64x16 operator+(f64x16 a, f64x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] += b.lane[i];
  return a;
}

[[gnu::always_inline]] inline f64x16 operator-(f64x16 a, f64x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] -= b.lane[i];
  return a;
}

[[gnu::always_inline]] inline f64x16 operator*(f64x16 a, f64x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] *= b.lane[i];
  return a;
}

[[gnu::always_inline]] inline f64x16 operator/(f64x16 a, f64x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] /= b.lane[i];
  return a;
}

/// a * b + c with one rounding.
[[gnu::always_inline]] inline f64x16 fma(f64x16 a, f64x16 b, f64x16 c) {
  for (int i = 0; i < 16; ++i) c.lane[i] = __builtin_fma(a.lane[i], b.lane[i], c.lane[i]);
  return c;
}

/// The larger one of each lane; no NaN may be among them.
[[gnu::always_inline]] inline f64x16 max(f64x16 a, f64x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
  return a;
}

/// 2^n for whole n from -1022 to 1023: adding 2^52 + 2^51 + 1023 leaves the exponent's bits lowest.
[[gnu::always_inline]] inline double power_of_two(double n) {
  const double sum = n + (0x1.8p52 + 1023);
  uint64_t bits;
  __builtin_memcpy(&bits, &sum, sizeof(bits));
  bits <<= 52;
  double power;
  __builtin_memcpy(&power, &bits, sizeof(power));
  return power;
}

/// x * 2^n for x from 1/2 to 2 and whole n from -1100 to 0: exact, or rounded once to a subnormal.
[[gnu::always_inline]] inline f64x16 times_power_of_two(f64x16 x, f64x16 n) {
  for (int i = 0; i < 16; ++i) {
    const double half = (n.lane[i] * 0.5 + 0x1.8p52) - 0x1.8p52;
    x.lane[i] = (x.lane[i] * power_of_two(half)) * power_of_two(n.lane[i] - half);
  }
  return x;
}

/// Appends to ids and terms, which hold `count`, the lanes with x >= bound: first + lane and the
/// term of the lane. Returns the new count. Sixteen places beyond it may be written.
[[gnu::always_inline]] inline size_t append_at_least(f64x16 x, double bound, int32_t first,
                                                     f64x16 terms_of, size_t count, int32_t* ids,
                                                     double* terms) {
  for (int i = 0; i < 16; ++i) {
    if (!(x.lane[i] >= bound)) continue;
    ids[count] = first + i;
    terms[count++] = terms_of.lane[i];
  }
  return count;
}

}  // namespace
}  // namespace tokenwalk
