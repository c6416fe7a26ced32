#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "lib/base/both_compilers.h"
#include "lib/base/exp_constants.h"

// The bodies of math.h's functions that a GPU computes too: one source, so that the bits agree.

namespace tokenwalk::math {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// 2^n for a normal float or double.
TOKENWALK_BOTH float float_power_of_two(int n) {
  return std::bit_cast<float>((n + 127) << 23);
}

TOKENWALK_BOTH double double_power_of_two(std::int64_t n) {
  return std::bit_cast<double>((n + 1023) << 52);
}

// Nearest integer, ties to even: adding 1.5 * 2^23 (2^52) leaves no bits behind the point.
TOKENWALK_BOTH float nearest(float x) {
  return (x + 0x1.8p23f) - 0x1.8p23f;
}
TOKENWALK_BOTH double nearest(double x) {
  return (x + 0x1.8p52) - 0x1.8p52;
}

// c[0] + c[1] z + c[2] z^2 + ... from the highest power down.
template <int N>
TOKENWALK_BOTH double polynomial(const double (&c)[N], double z) {
  double sum = c[N - 1];
  TOKENWALK_UNROLL
  for (int i = N - 2; i >= 0; --i) sum = fma_rn(sum, z, c[i]);
  return sum;
}

// e^x = 2^n e^r with n the nearest integer to x / ln 2.
TOKENWALK_BOTH float exp_of(float x) {
  namespace c = exp_constants;
  if (x != x) return x;
  if (x < c::kSmallest) return 0;
  if (x > c::kLargest) return std::numeric_limits<float>::infinity();
  const float n = nearest(x * c::kLog2E);
  const float coarse = fma_rn(n, -c::kLn2High, x);  // exact
  const float r = fma_rn(n, -c::kLn2Low, coarse);
  const float lost = fma_rn(n, -c::kLn2Low, coarse - r);  // what rounding took from r
  float p = fma_rn(c::kP5, r, c::kP4);
  p = fma_rn(p, r, c::kP3);
  p = fma_rn(p, r, c::kP2);
  p = fma_rn(p, r, c::kP1);
  p = fma_rn(p, r, c::kP0);
  const float rest = fma_rn(r * r, p, lost);
  const float sum = 1.0f + r;
  const float e = sum + (((1.0f - sum) + r) + rest);  // one rounding that counts, the last
  const int half = static_cast<int>(n) >> 1;          // in two steps: 2^n itself may be too large
  return (e * float_power_of_two(half)) * float_power_of_two(static_cast<int>(n) - half);
}

// Coefficients: Chebyshev interpolation at 60 digits, relative error below 2^-56; also below.
TOKENWALK_BOTH double exp_of(double x) {
  namespace c = exp_constants;
  if (x != x) return x;
  if (x < -745.2) return 0;
  if (x > 710.0) return kInf;
  constexpr double kExp[] = {exp_constants::kWideP0, exp_constants::kWideP1, exp_constants::kWideP2,
                             exp_constants::kWideP3, exp_constants::kWideP4, exp_constants::kWideP5,
                             exp_constants::kWideP6, exp_constants::kWideP7, exp_constants::kWideP8,
                             exp_constants::kWideP9, exp_constants::kWideP10};
  const double n = nearest(x * c::kWideLog2E);
  const double r = fma_rn(n, -c::kWideLn2Low, fma_rn(n, -c::kWideLn2High, x));
  const double e = fma_rn(r * r, polynomial(kExp, r), r) + 1.0;
  const auto whole = static_cast<std::int64_t>(n);
  const std::int64_t half = whole >> 1;
  return (e * double_power_of_two(half)) * double_power_of_two(whole - half);
}

// sin(x + quarter_turns * pi / 2) in double.
TOKENWALK_BOTH double sin_of_turned(double x, std::int64_t quarter_turns) {
  if (!(x >= -0x1p30 && x <= 0x1p30)) return kNan;
  constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
  constexpr double kHalfPiHigh = 0x1.921fb54442d18p+0;
  constexpr double kHalfPiLow = 0x1.1a62633145c07p-54;
  constexpr double kSin[] = {-0x1.5555555555555p-3, 0x1.1111111111110p-7,   -0x1.a01a01a019936p-13,
                             0x1.71de3a54605eep-19, -0x1.ae64541266378p-26, 0x1.61217ec01749dp-33,
                             -0x1.ab17a79237a19p-41};
  constexpr double kCos[] = {0x1.5555555555555p-5,   -0x1.6c16c16c16c16p-10, 0x1.a01a01a019d0ap-16,
                             -0x1.27e4fb7712bdfp-22, 0x1.1eed8deb6d561p-29,  -0x1.9394b9c9c20a4p-37,
                             0x1.ab783376962cfp-45};
  const double n = nearest(x * kTwoOverPi);
  const double r = fma_rn(-n, kHalfPiLow, fma_rn(-n, kHalfPiHigh, x));

  const double z = r * r;
  const std::int64_t quarter = (static_cast<std::int64_t>(n) + quarter_turns) & 3;
  const double sine = fma_rn(r * z, polynomial(kSin, z), r);
  const double cosine = fma_rn(z * z, polynomial(kCos, z), fma_rn(-0.5, z, 1.0));
  const double value = (quarter & 1) != 0 ? cosine : sine;
  return (quarter & 2) != 0 ? -value : value;
}

}  // namespace tokenwalk::math
