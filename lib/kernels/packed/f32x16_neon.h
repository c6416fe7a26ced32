#pragma once

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/flushed.h"
#include "lib/kernels/packed/ops.h"

// Sixteen floats in four NEON registers. See f32x16_portable.h for what each function does.

namespace tokenwalk {
namespace {

// Registers: 32. Even and odd sums of 3 rows x 1 line take 24 of them, 4 hold the line, 1 holds x.
constexpr int kTileRows = 3;
constexpr int kTileLines = 1;
constexpr int kRowLines = 3;  // of a single row: 12 chains of fma for even terms, 12 for odd ones

struct f32x16 {
  float32x4_t part[4];  // lanes 4 i .. 4 i + 3
};

[[gnu::always_inline]] inline f32x16 load(const float* p) {
  return {{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}};
}

[[gnu::always_inline]] inline void store(float* p, f32x16 x) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) vst1q_f32(p + 4 * i, x.part[i]);
}

[[gnu::always_inline]] inline f32x16 load_first(const float* p, size_t n) {
  if (n >= 16) return load(p);
  float lane[16] = {};
  for (size_t i = 0; i < n; ++i) lane[i] = p[i];
  return load(lane);
}

[[gnu::always_inline]] inline void store_first(float* p, f32x16 x, size_t n) {
  if (n >= 16) return store(p, x);
  float lane[16];
  store(lane, x);
  for (size_t i = 0; i < n; ++i) p[i] = lane[i];
}

[[gnu::always_inline]] inline f32x16 broadcast(float x) {
  const float32x4_t all = vdupq_n_f32(x);
  return {{all, all, all, all}};
}

[[gnu::always_inline]] inline f32x16 operator+(f32x16 a, f32x16 b) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) a.part[i] = vaddq_f32(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f32x16 operator-(f32x16 a, f32x16 b) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) a.part[i] = vsubq_f32(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f32x16 operator*(f32x16 a, f32x16 b) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) a.part[i] = vmulq_f32(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f32x16 operator/(f32x16 a, f32x16 b) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) a.part[i] = vdivq_f32(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f32x16 operator-(f32x16 x) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) x.part[i] = vnegq_f32(x.part[i]);
  return x;
}

[[gnu::always_inline]] inline f32x16 fma(f32x16 a, f32x16 b, f32x16 c) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) c.part[i] = vfmaq_f32(c.part[i], a.part[i], b.part[i]);
  return c;
}

// Not vmaxq_f32, which gives NaN where either is NaN.
[[gnu::always_inline]] inline f32x16 max(f32x16 a, f32x16 b) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    b.part[i] = vbslq_f32(vcgtq_f32(a.part[i], b.part[i]), a.part[i], b.part[i]);
  }
  return b;
}

[[gnu::always_inline]] inline f32x16 where_less(f32x16 a, f32x16 b, f32x16 yes, f32x16 no) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    no.part[i] = vbslq_f32(vcltq_f32(a.part[i], b.part[i]), yes.part[i], no.part[i]);
  }
  return no;
}

[[gnu::always_inline]] inline unsigned lanes_at_least(f32x16 x, f32x16 bound) {
  constexpr uint32_t kBits[4] = {1, 2, 4, 8};
  unsigned lanes = 0;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const uint32x4_t at_least = vcgeq_f32(x.part[i], bound.part[i]);
    lanes |= vaddvq_u32(vandq_u32(at_least, vld1q_u32(kBits))) << (4 * i);
  }
  return lanes;
}

[[gnu::always_inline]] inline f32x16 power_of_two(f32x16 n) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const float32x4_t sum = vaddq_f32(n.part[i], vdupq_n_f32(0x1p23f + 127));
    n.part[i] = vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(sum), 23));
  }
  return n;
}

[[gnu::always_inline]] inline f32x16 load(const Half* p) {
  f32x16 x;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    x.part[i] = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(&p[4 * i].bits)));
  }
  return x;
}

[[gnu::always_inline]] inline f32x16 load(const BFloat* p) {
  f32x16 x;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    x.part[i] = vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(&p[4 * i].bits), 16));
  }
  return x;
}

[[gnu::always_inline]] inline uint32x4_t load_pairs(const BFloat* p) {
  return vreinterpretq_u32_u16(vld1q_u16(&p->bits));
}

[[gnu::always_inline]] inline f32x16 load_even(const BFloat* p) {
  f32x16 x;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    x.part[i] = vreinterpretq_f32_u32(vshlq_n_u32(load_pairs(p + 8 * i), 16));
  }
  return x;
}

[[gnu::always_inline]] inline f32x16 load_odd(const BFloat* p) {
  const uint32x4_t upper = vdupq_n_u32(0xffff0000u);
  f32x16 x;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    x.part[i] = vreinterpretq_f32_u32(vandq_u32(load_pairs(p + 8 * i), upper));
  }
  return x;
}

[[gnu::always_inline]] inline float32x4_t flushed(float32x4_t x) {
  const uint32x4_t sign = vandq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(0x80000000u));
  const uint32x4_t tiny = vcaltq_f32(x, vdupq_n_f32(kSmallestNormal));
  return vbslq_f32(tiny, vreinterpretq_f32_u32(sign), x);
}

[[gnu::always_inline]] inline f32x16 rounded_to_bf16(f32x16 x) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const uint32x4_t bits = vreinterpretq_u32_f32(x.part[i]);
    const uint32x4_t is_odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    const uint32x4_t sum = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7fff)), is_odd);
    const uint32x4_t rounded = vandq_u32(sum, vdupq_n_u32(0xffff0000u));
    const uint32x4_t is_number = vceqq_f32(x.part[i], x.part[i]);
    x.part[i] = vbslq_f32(is_number, flushed(vreinterpretq_f32_u32(rounded)), x.part[i]);
  }
  return x;
}

[[gnu::always_inline]] inline void store_int8(int8_t* p, f32x16 x) {
  int16x4_t words[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) words[i] = vmovn_s32(vcvtq_s32_f32(x.part[i]));
  vst1_s8(p, vmovn_s16(vcombine_s16(words[0], words[1])));
  vst1_s8(p + 8, vmovn_s16(vcombine_s16(words[2], words[3])));
}

}  // namespace
}  // namespace tokenwalk
