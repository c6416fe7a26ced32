#pragma once

// Sums that flush: every result is rounded to 24 bits as if exponents had no end, then becomes zero
// of its sign if it lies below 2^-126. So compute the matrix instructions for bfloat16 (Intel SDM,
// TDPBF16PS), and so does every x86 instruction while MXCSR has FTZ set. The operands must be
// normal or zero.
//
// In an unnamed namespace and always inlined: files compiled for several targets include this.

namespace tokenwalk {
namespace {

constexpr float kSmallestNormal = 0x1p-126f;

/// x, or zero of its sign if x is subnormal.
[[gnu::always_inline]] inline float flushed(float x) {
  return __builtin_fabsf(x) < kSmallestNormal ? __builtin_copysignf(0, x) : x;
}

/// a + b, flushed. A sum of floats that falls below 2^-126 is exact.
[[gnu::always_inline]] inline float flushed_add(float a, float b) {
  return flushed(a + b);
}

/// a * b + c, flushed.
[[gnu::always_inline]] inline float flushed_fma(float a, float b, float c) {
  const float r = __builtin_fmaf(a, b, c);
  if (!(__builtin_fabsf(r) == kSmallestNormal)) return flushed(r);
  // Rounding among subnormals is coarser and may have led up to 2^-126. With 24 bits only exact
  // values from 2^-126 - 2^-151 on get there. p is exact in double, and sum + rest is p + q.
  constexpr double kBorder = 0x1p-126 - 0x1p-151;
  const double sign = r < 0 ? -1 : 1;
  const double p = sign * a * b, q = sign * c;
  const double sum = p + q;
  const double q_in_sum = sum - p;
  const double rest = (p - (sum - q_in_sum)) + (q - q_in_sum);
  const bool below = sum < kBorder || (sum == kBorder && rest < 0);
  return below ? __builtin_copysignf(0, r) : r;
}

}  // namespace
}  // namespace tokenwalk
