#pragma once

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

// Lines of 64 small integers in four NEON registers. See i8x64_portable.h for what each function
// does. Bytes are multiplied into 16 bits and added in 32, so nothing saturates.

namespace tokenwalk {
namespace {

// Registers: 32. Sums of 4 rows x 1 line take 16, the line 4, x 1, products 2.
constexpr int kIntegerTileRows = 4;
constexpr int kIntegerRowLines = 3;

struct SignedLine {
  int8x16_t part[4];  // outputs 4 i .. 4 i + 3
};
using UnsignedLine = SignedLine;  // 0 .. 15 are the same in both
struct FourTerms {
  int8x8_t twice;  // for two outputs
};
struct WideSum {
  int32x4_t part[4];
};
using NarrowSum = WideSum;
struct SignedBias {};

[[gnu::always_inline]] inline WideSum zero_wide() {
  const int32x4_t zero = vdupq_n_s32(0);
  return {{zero, zero, zero, zero}};
}
[[gnu::always_inline]] inline NarrowSum zero_narrow() {
  return zero_wide();
}
[[gnu::always_inline]] inline SignedBias zero_bias() {
  return {};
}
[[gnu::always_inline]] inline SignedBias add_bias(SignedBias bias, const SignedLine&) {
  return bias;
}

[[gnu::always_inline]] inline SignedLine load_signed(const uint8_t* p) {
  SignedLine line;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) line.part[i] = vreinterpretq_s8_u8(vld1q_u8(p + 16 * i));
  return line;
}
[[gnu::always_inline]] inline UnsignedLine load_low_halves(const uint8_t* p) {
  UnsignedLine line;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    line.part[i] = vreinterpretq_s8_u8(vandq_u8(vld1q_u8(p + 16 * i), vdupq_n_u8(15)));
  }
  return line;
}
[[gnu::always_inline]] inline UnsignedLine load_high_halves(const uint8_t* p) {
  UnsignedLine line;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    line.part[i] = vreinterpretq_s8_u8(vshrq_n_u8(vld1q_u8(p + 16 * i), 4));
  }
  return line;
}

[[gnu::always_inline]] inline FourTerms broadcast4(const int8_t* x) {
  int32_t four;
  __builtin_memcpy(&four, x, 4);
  return {vreinterpret_s8_s32(vdup_n_s32(four))};
}

[[gnu::always_inline]] inline WideSum add_dot(WideSum sum, const SignedLine& w, FourTerms x) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    // Pairs of products: two numbers for each of the four outputs.
    const int32x4_t first = vpaddlq_s16(vmull_s8(vget_low_s8(w.part[i]), x.twice));
    const int32x4_t second = vpaddlq_s16(vmull_s8(vget_high_s8(w.part[i]), x.twice));
    sum.part[i] = vaddq_s32(sum.part[i], vpaddq_s32(first, second));
  }
  return sum;
}
[[gnu::always_inline]] inline NarrowSum add_small_dot(NarrowSum sum, const UnsignedLine& w,
                                                      FourTerms x) {
  return add_dot(sum, w, x);
}

[[gnu::always_inline]] inline f32x16 to_float(const WideSum& sum) {
  f32x16 x;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) x.part[i] = vcvtq_f32_s32(sum.part[i]);
  return x;
}
[[gnu::always_inline]] inline f32x16 to_float(const WideSum& sum, SignedBias) {
  return to_float(sum);
}

}  // namespace
}  // namespace tokenwalk
