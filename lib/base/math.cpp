#include "lib/base/math.h"

#include <bit>
#include <cstdint>

#include "lib/base/fma_clones.h"
#include "lib/base/math_bodies.h"

namespace tokenwalk::math {

TOKENWALK_FMA_CLONES float exp(float x) {
  return exp_of(x);
}

TOKENWALK_FMA_CLONES double exp(double x) {
  return exp_of(x);
}

// log x = n ln 2 + log m with m in [sqrt(1/2), sqrt(2)), and with f = m - 1, s = f / (2 + f):
// log m = 2 atanh s = f - (f^2 / 2 - s (f^2 / 2 + R(s^2))). Source: the method of FDLIBM.
TOKENWALK_FMA_CLONES double log(double x) {
  if (!(x > 0)) return x == 0 ? -kInf : kNan;
  if (x == kInf) return kInf;
  std::int64_t n = 0;
  if (x < 0x1p-1022) {  // subnormal
    x *= 0x1p54;
    n = -54;
  }
  const auto bits = std::bit_cast<std::int64_t>(x);
  constexpr std::int64_t kSqrtHalf = 0x3FE6A09E667F3BCD;  // bits of sqrt(1/2)
  const std::int64_t exponent = (bits - kSqrtHalf) >> 52;
  n += exponent;
  const double f = std::bit_cast<double>(bits - (exponent << 52)) - 1.0;

  // Chebyshev interpolation at 60 digits, relative error below 2^-56.
  constexpr double kLog[] = {0x1.5555555555555p-1, 0x1.9999999999a39p-2, 0x1.2492492476a1ap-2,
                             0x1.c71c7201a55d7p-3, 0x1.745cf8e4bba1bp-3, 0x1.3b1c3c1c81c8fp-3,
                             0x1.0fbde0f4ad17bp-3, 0x1.0c0aff044a971p-3};
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double half_square = 0.5 * f * f;
  const double rest = s * (half_square + z * polynomial(kLog, z));
  const auto turns = static_cast<double>(n);
  constexpr double kLn2High = 0x1.62e42feep-1;
  constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
  return turns * kLn2High - ((half_square - (rest + turns * kLn2Low)) - f);
}

TOKENWALK_FMA_CLONES float sin(float x) {
  return static_cast<float>(sin_of_turned(x, 0));
}

TOKENWALK_FMA_CLONES float cos(float x) {
  return static_cast<float>(sin_of_turned(x, 1));
}

double pow(double base, double exponent) {
  return exp(exponent * log(base));
}

}  // namespace tokenwalk::math
