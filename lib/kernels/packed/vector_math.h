#pragma once

#include "lib/base/exp_constants.h"

// Functions of f32x16 that are the same for every target.

namespace tokenwalk {
namespace {

/// The sixteen lanes added in the order of tree_sum (lib/base/lanes.h).
[[gnu::always_inline]] inline float tree_sum(f32x16 x) {
  float lane[16];
  store(lane, x);
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lane[i] += lane[i + half];
  }
  return lane[0];
}

/// The largest lane; with NaN among them, any.
[[gnu::always_inline]] inline float largest(f32x16 x) {
  float lane[16];
  store(lane, x);
  float best = lane[0];
  for (int i = 1; i < 16; ++i) best = lane[i] > best ? lane[i] : best;
  return best;
}

/// e^x: the operations of math::exp(float) in lib/base/math.cpp, in the same order.
[[gnu::always_inline]] inline f32x16 exp(f32x16 x) {
  namespace c = exp_constants;
  const f32x16 to_integer = broadcast(0x1.8p23f);
  const f32x16 one = broadcast(1.0f);
  const f32x16 n = (x * broadcast(c::kLog2E) + to_integer) - to_integer;  // nearest, ties to even
  const f32x16 coarse = fma(n, broadcast(-c::kLn2High), x);
  const f32x16 r = fma(n, broadcast(-c::kLn2Low), coarse);
  const f32x16 lost = fma(n, broadcast(-c::kLn2Low), coarse - r);
  f32x16 p = fma(broadcast(c::kP5), r, broadcast(c::kP4));
  p = fma(p, r, broadcast(c::kP3));
  p = fma(p, r, broadcast(c::kP2));
  p = fma(p, r, broadcast(c::kP1));
  p = fma(p, r, broadcast(c::kP0));
  const f32x16 rest = fma(r * r, p, lost);
  const f32x16 sum = one + r;
  const f32x16 e = sum + (((one - sum) + r) + rest);

  // Times 2^n in two steps, both exact until the result overflows, so any halves will do.
  const f32x16 half = (n * broadcast(0.5f) + to_integer) - to_integer;
  const f32x16 result = (e * power_of_two(half)) * power_of_two(n - half);

  // Out of range the lines above gave numbers without a meaning. NaN stayed NaN.
  const f32x16 low = where_less(x, broadcast(c::kSmallest), broadcast(0.0f), result);
  return where_less(broadcast(c::kLargest), x, broadcast(__builtin_inff()), low);
}

/// About e^x for x <= 0, off by less than 2^-22 of itself, in half the operations of exp: nothing
/// is done about the last bits, and below -87 it stays at e^-87.
[[gnu::always_inline]] inline f32x16 exp_about(f32x16 x) {
  namespace c = exp_constants;
  const f32x16 to_integer = broadcast(0x1.8p23f);
  x = max(x, broadcast(-87.0f));
  const f32x16 n = fma(x, broadcast(c::kLog2E), to_integer) - to_integer;
  const f32x16 r = fma(n, broadcast(-c::kLn2Low), fma(n, broadcast(-c::kLn2High), x));
  f32x16 p = fma(broadcast(c::kP5), r, broadcast(c::kP4));
  p = fma(p, r, broadcast(c::kP3));
  p = fma(p, r, broadcast(c::kP2));
  p = fma(p, r, broadcast(c::kP1));
  p = fma(p, r, broadcast(c::kP0));
  return (fma(r * r, p, r) + broadcast(1.0f)) * power_of_two(n);
}

}  // namespace
}  // namespace tokenwalk
