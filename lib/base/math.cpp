#include "lib/base/math.h"

#include <bit>
#include <cstdint>
#include <limits>

#include "lib/base/exp_constants.h"
#include "lib/base/fma_clones.h"

namespace tokenwalk::math {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// 2^n for a normal float or double.
float float_power_of_two(int n) {
  return std::bit_cast<float>((n + 127) << 23);
}

double double_power_of_two(std::int64_t n) {
  return std::bit_cast<double>((n + 1023) << 52);
}

// Nearest integer, ties to even: adding 1.5 * 2^23 (2^52) leaves no bits behind the point.
float nearest(float x) {
  return (x + 0x1.8p23f) - 0x1.8p23f;
}
double nearest(double x) {
  return (x + 0x1.8p52) - 0x1.8p52;
}

// c[0] + c[1] z + c[2] z^2 + ... from the highest power down.
template <int N>
[[gnu::always_inline]] inline double polynomial(const double (&c)[N], double z) {
  double sum = c[N - 1];
  for (int i = N - 2; i >= 0; --i) sum = __builtin_fma(sum, z, c[i]);
  return sum;
}

// Chebyshev interpolations at 60 digits; relative errors below 2^-56.
constexpr double kExp[] = {exp_constants::kWideP0, exp_constants::kWideP1, exp_constants::kWideP2,
                           exp_constants::kWideP3, exp_constants::kWideP4, exp_constants::kWideP5,
                           exp_constants::kWideP6, exp_constants::kWideP7, exp_constants::kWideP8,
                           exp_constants::kWideP9, exp_constants::kWideP10};
constexpr double kLog[] = {0x1.5555555555555p-1, 0x1.9999999999a39p-2, 0x1.2492492476a1ap-2,
                           0x1.c71c7201a55d7p-3, 0x1.745cf8e4bba1bp-3, 0x1.3b1c3c1c81c8fp-3,
                           0x1.0fbde0f4ad17bp-3, 0x1.0c0aff044a971p-3};
constexpr double kSin[] = {-0x1.5555555555555p-3, 0x1.1111111111110p-7,   -0x1.a01a01a019936p-13,
                           0x1.71de3a54605eep-19, -0x1.ae64541266378p-26, 0x1.61217ec01749dp-33,
                           -0x1.ab17a79237a19p-41};
constexpr double kCos[] = {0x1.5555555555555p-5,   -0x1.6c16c16c16c16p-10, 0x1.a01a01a019d0ap-16,
                           -0x1.27e4fb7712bdfp-22, 0x1.1eed8deb6d561p-29,  -0x1.9394b9c9c20a4p-37,
                           0x1.ab783376962cfp-45};

// sin(x + quarter_turns * pi / 2) in double.
[[gnu::always_inline]] inline double sin_of_turned(double x, std::int64_t quarter_turns) {
  if (!(x >= -0x1p30 && x <= 0x1p30)) return kNan;
  constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
  constexpr double kHalfPiHigh = 0x1.921fb54442d18p+0;
  constexpr double kHalfPiLow = 0x1.1a62633145c07p-54;
  const double n = nearest(x * kTwoOverPi);
  const double r = __builtin_fma(-n, kHalfPiLow, __builtin_fma(-n, kHalfPiHigh, x));

  const double z = r * r;
  const std::int64_t quarter = (static_cast<std::int64_t>(n) + quarter_turns) & 3;
  const double sine = __builtin_fma(r * z, polynomial(kSin, z), r);
  const double cosine = __builtin_fma(z * z, polynomial(kCos, z), __builtin_fma(-0.5, z, 1.0));
  const double value = (quarter & 1) != 0 ? cosine : sine;
  return (quarter & 2) != 0 ? -value : value;
}

}  // namespace

// e^x = 2^n e^r with n the nearest integer to x / ln 2.
TOKENWALK_FMA_CLONES float exp(float x) {
  namespace c = exp_constants;
  if (x != x) return x;
  if (x < c::kSmallest) return 0;
  if (x > c::kLargest) return std::numeric_limits<float>::infinity();
  const float n = nearest(x * c::kLog2E);
  const float coarse = __builtin_fmaf(n, -c::kLn2High, x);  // exact
  const float r = __builtin_fmaf(n, -c::kLn2Low, coarse);
  const float lost = __builtin_fmaf(n, -c::kLn2Low, coarse - r);  // what rounding took from r
  float p = __builtin_fmaf(c::kP5, r, c::kP4);
  p = __builtin_fmaf(p, r, c::kP3);
  p = __builtin_fmaf(p, r, c::kP2);
  p = __builtin_fmaf(p, r, c::kP1);
  p = __builtin_fmaf(p, r, c::kP0);
  const float rest = __builtin_fmaf(r * r, p, lost);
  const float sum = 1.0f + r;
  const float e = sum + (((1.0f - sum) + r) + rest);  // one rounding that counts, the last
  const int half = static_cast<int>(n) >> 1;          // in two steps: 2^n itself may be too large
  return (e * float_power_of_two(half)) * float_power_of_two(static_cast<int>(n) - half);
}

TOKENWALK_FMA_CLONES double exp(double x) {
  namespace c = exp_constants;
  if (x != x) return x;
  if (x < -745.2) return 0;
  if (x > 710.0) return kInf;
  const double n = nearest(x * c::kWideLog2E);
  const double r = __builtin_fma(n, -c::kWideLn2Low, __builtin_fma(n, -c::kWideLn2High, x));
  const double e = __builtin_fma(r * r, polynomial(kExp, r), r) + 1.0;
  const auto whole = static_cast<std::int64_t>(n);
  const std::int64_t half = whole >> 1;
  return (e * double_power_of_two(half)) * double_power_of_two(whole - half);
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
