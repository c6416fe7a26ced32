#pragma once

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

// Sixteen doubles in eight NEON registers. See f64x16_portable.h for what each function does.

namespace tokenwalk {
namespace {

struct f64x16 {
  float64x2_t part[8];  // lanes 2 i and 2 i + 1
};

[[gnu::always_inline]] inline f64x16 load_wide(const float* p) {
  f64x16 x;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) x.part[i] = vcvt_f64_f32(vld1_f32(p + 2 * i));
  return x;
}

[[gnu::always_inline]] inline f64x16 load_wide(const double* p) {
  f64x16 x;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) x.part[i] = vld1q_f64(p + 2 * i);
  return x;
}

[[gnu::always_inline]] inline void store(double* p, f64x16 x) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) vst1q_f64(p + 2 * i, x.part[i]);
}

[[gnu::always_inline]] inline f64x16 broadcast_wide(double x) {
  f64x16 all;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) all.part[i] = vdupq_n_f64(x);
  return all;
}

[[gnu::always_inline]] inline f64x16 operator+(f64x16 a, f64x16 b) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) a.part[i] = vaddq_f64(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f64x16 operator-(f64x16 a, f64x16 b) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) a.part[i] = vsubq_f64(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f64x16 operator*(f64x16 a, f64x16 b) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) a.part[i] = vmulq_f64(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f64x16 operator/(f64x16 a, f64x16 b) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) a.part[i] = vdivq_f64(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f64x16 fma(f64x16 a, f64x16 b, f64x16 c) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) c.part[i] = vfmaq_f64(c.part[i], a.part[i], b.part[i]);
  return c;
}

[[gnu::always_inline]] inline f64x16 max(f64x16 a, f64x16 b) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) a.part[i] = vmaxq_f64(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline float64x2_t power_of_two(float64x2_t n) {
  const float64x2_t sum = vaddq_f64(n, vdupq_n_f64(0x1.8p52 + 1023));
  return vreinterpretq_f64_u64(vshlq_n_u64(vreinterpretq_u64_f64(sum), 52));
}

[[gnu::always_inline]] inline f64x16 times_power_of_two(f64x16 x, f64x16 n) {
  const f64x16 to_integer = broadcast_wide(0x1.8p52);
  const f64x16 half = (n * broadcast_wide(0.5) + to_integer) - to_integer;
  const f64x16 rest = n - half;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    const float64x2_t first = vmulq_f64(x.part[i], power_of_two(half.part[i]));
    x.part[i] = vmulq_f64(first, power_of_two(rest.part[i]));
  }
  return x;
}

[[gnu::always_inline]] inline size_t append_at_least(f64x16 x, double bound, int32_t first,
                                                     f64x16 terms_of, size_t count, int32_t* ids,
                                                     double* terms) {
  uint64x2_t any = vdupq_n_u64(0);
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) any = vorrq_u64(any, vcgeq_f64(x.part[i], vdupq_n_f64(bound)));
  if (vmaxvq_u32(vreinterpretq_u32_u64(any)) == 0) return count;
  double lane[16], term[16];
  store(lane, x);
  store(term, terms_of);
  for (int i = 0; i < 16; ++i) {
    if (!(lane[i] >= bound)) continue;
    ids[count] = first + i;
    terms[count++] = term[i];
  }
  return count;
}

}  // namespace
}  // namespace tokenwalk
