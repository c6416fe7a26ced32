#include "lib/base/math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "lib/base/rng.h"
#include "tests/support/special_values.h"

namespace tokenwalk {
namespace {

constexpr double kDoubleInf = std::numeric_limits<double>::infinity();

// The distance between neighbours of the format with `digits` bits at the size of `value`.
template <typename T>
T ulp_at(T value, int digits) {
  return std::ldexp(T{1}, std::ilogb(value) - digits + 1);
}

double float_ulps(float got, double expected) {
  return std::abs(got - expected) / ulp_at(expected, 24);
}

double double_ulps(double got, long double expected) {
  return static_cast<double>(std::abs(got - expected) / ulp_at(expected, 53));
}

// The largest error over every `stride`-th of all floats for which wanted(x) holds.
struct Worst {
  double ulps = 0;
  float x = 0;

  void see(float at, double error) {
    if (error > ulps) *this = {error, at};
  }
};

template <typename Body>
void for_floats(std::uint32_t stride, Body body) {
  for (std::uint64_t bits = 0; bits <= 0xFFFFFFFF; bits += stride) {
    body(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
}

double random_double(std::uint64_t position, double low, double high) {
  return low + (high - low) * uniform_draw(1, 0, position);
}

// ---- exp(float) ------------------------------------------------------------------------------

TEST(MathExpFloat, ErrorIsAtMostWhatTheHeaderStates) {
  Worst worst;
  for_floats(101, [&](float x) {
    const double expected = std::exp(static_cast<double>(x));
    if (!(expected >= 0x1p-126 && expected <= std::numeric_limits<float>::max())) return;
    worst.see(x, float_ulps(math::exp(x), expected));
  });
  const float worst_of_all = 0x1.1c32a8p+6f;  // found by trying every float
  worst.see(worst_of_all, float_ulps(math::exp(worst_of_all), std::exp(double{worst_of_all})));
  EXPECT_LE(worst.ulps, 0.66) << "at " << worst.x;
}

TEST(MathExpFloat, NeverFallsWhereItsPiecesMeet) {
  for (int n = -126; n <= 128; ++n) {
    const double edge = (n - 0.5) * std::log(2.0);  // where the nearest multiple of ln 2 changes
    const auto middle = std::bit_cast<std::int32_t>(static_cast<float>(edge));
    float previous = 0;
    for (int step = -1000; step <= 1000; ++step) {
      const int away = edge > 0 ? step : -step;  // bits of negative floats run backwards
      const float e = math::exp(std::bit_cast<float>(middle + away));
      ASSERT_GE(e, previous) << "near " << edge << ", step " << step;
      previous = e;
    }
  }
}

TEST(MathExpFloat, UnderflowIsExactlyZero) {
  const float smallest = std::log(0x1p-126f);
  EXPECT_GE(math::exp(std::nextafter(smallest, 0.0f)), 0x1p-126f);
  EXPECT_EQ(math::exp(std::nextafter(smallest, -100.0f)), 0);
  for_floats(4099, [&](float x) {
    const float e = math::exp(x);
    ASSERT_TRUE(e == 0 || e >= 0x1p-126f || std::isnan(x)) << "subnormal at " << x;
    if (x < smallest) {
      ASSERT_EQ(e, 0) << x;
    }
  });
  EXPECT_EQ(math::exp(-kInf), 0);
  EXPECT_FALSE(std::signbit(math::exp(-kInf)));
}

TEST(MathExpFloat, OverflowIsInfinity) {
  const float largest = std::log(std::numeric_limits<float>::max());  // 88.722839, rounded up
  EXPECT_TRUE(std::isfinite(math::exp(std::nextafter(largest, 0.0f))));
  EXPECT_EQ(math::exp(std::nextafter(largest, 100.0f)), kInf);
  EXPECT_EQ(math::exp(89.5f), kInf);
  EXPECT_EQ(math::exp(kInf), kInf);
}

TEST(MathExpFloat, Corners) {
  EXPECT_EQ(math::exp(0.0f), 1);
  EXPECT_EQ(math::exp(-0.0f), 1);
  EXPECT_EQ(math::exp(std::numeric_limits<float>::denorm_min()), 1);
  EXPECT_TRUE(std::isnan(math::exp(kNan)));
  EXPECT_TRUE(std::isnan(math::exp(-kNan)));
}

// ---- exp, log and pow in double --------------------------------------------------------------

TEST(MathExpDouble, ErrorIsAtMostOneUlp) {
  double worst = 0, at = 0;
  for (std::uint64_t i = 0; i < 500000; ++i) {
    const double x = i % 2 == 0 ? random_double(i, -708, 709.7) : random_double(i, -1, 1);
    const double error = double_ulps(math::exp(x), std::exp(static_cast<long double>(x)));
    if (error > worst) worst = error, at = x;
  }
  EXPECT_LE(worst, 1.0) << "at " << at;
}

TEST(MathExpDouble, Corners) {
  EXPECT_EQ(math::exp(0.0), 1);
  EXPECT_EQ(math::exp(-745.3), 0);
  EXPECT_EQ(math::exp(-1e300), 0);
  EXPECT_EQ(math::exp(-kDoubleInf), 0);
  EXPECT_EQ(math::exp(710.0), kDoubleInf);
  EXPECT_EQ(math::exp(kDoubleInf), kDoubleInf);
  EXPECT_TRUE(std::isfinite(math::exp(709.78)));
  EXPECT_TRUE(std::isnan(math::exp(std::numeric_limits<double>::quiet_NaN())));
}

TEST(MathExpDouble, SubnormalResultsAreRight) {
  for (double x = -745; x < -708; x += 0.37) {
    const auto expected = static_cast<double>(std::exp(static_cast<long double>(x)));
    EXPECT_NEAR(math::exp(x), expected, 0x1p-1074) << x;
  }
}

TEST(MathLog, ErrorIsAtMostOneUlp) {
  double worst = 0, at = 0;
  for (std::uint64_t i = 0; i < 500000; ++i) {
    double x = 0;
    if (i % 3 == 0) x = random_double(i, 0.5, 2);
    if (i % 3 == 1) x = random_double(i, 1 - 1e-3, 1 + 1e-3);
    if (i % 3 == 2) x = std::ldexp(random_double(i, 1, 2), static_cast<int>(i % 2098) - 1074);
    const long double expected = std::log(static_cast<long double>(x));
    if (x == 0 || expected == 0) continue;
    const double error = double_ulps(math::log(x), expected);
    if (error > worst) worst = error, at = x;
  }
  EXPECT_LE(worst, 1.0) << "at " << at;
}

TEST(MathLog, Corners) {
  EXPECT_EQ(math::log(1.0), 0);
  EXPECT_EQ(math::log(0.0), -kDoubleInf);
  EXPECT_EQ(math::log(-0.0), -kDoubleInf);
  EXPECT_EQ(math::log(kDoubleInf), kDoubleInf);
  EXPECT_TRUE(std::isnan(math::log(-1.0)));
  EXPECT_TRUE(std::isnan(math::log(-kDoubleInf)));
  EXPECT_TRUE(std::isnan(math::log(std::numeric_limits<double>::quiet_NaN())));
}

TEST(MathPow, IsCloseToThePower) {
  for (const double base : {1e4, 1e6, 5e5, 2.0}) {
    for (int i = 0; i <= 128; ++i) {
      const double exponent = i / 128.0;
      EXPECT_NEAR(math::pow(base, exponent) / std::pow(base, exponent), 1, 1e-14);
    }
  }
}

// ---- sin and cos -----------------------------------------------------------------------------

TEST(MathSinCos, ErrorIsAtMostWhatTheHeaderStates) {
  Worst worst_sin, worst_cos;
  for_floats(251, [&](float x) {
    if (!(std::abs(x) <= 0x1p30f) || std::abs(x) < 0x1p-60f) return;
    worst_sin.see(x, float_ulps(math::sin(x), std::sin(static_cast<double>(x))));
    worst_cos.see(x, float_ulps(math::cos(x), std::cos(static_cast<double>(x))));
  });
  EXPECT_LE(worst_sin.ulps, 0.501) << "sin at " << worst_sin.x;
  EXPECT_LE(worst_cos.ulps, 0.501) << "cos at " << worst_cos.x;
}

// Angles of real models: position times inverse frequency.
TEST(MathSinCos, ErrorAtPositionsIsAtMostWhatTheHeaderStates) {
  Worst worst;
  for (int position = 0; position < 200000; position += 7) {
    for (const float frequency : {1.0f, 0.749894f, 0.1f, 0.00316228f}) {
      const float x = static_cast<float>(position) * frequency;
      worst.see(x, float_ulps(math::cos(x), std::cos(static_cast<double>(x))));
      if (x > 0) worst.see(x, float_ulps(math::sin(x), std::sin(static_cast<double>(x))));
    }
  }
  EXPECT_LE(worst.ulps, 0.501) << "at " << worst.x;
}

TEST(MathSinCos, Corners) {
  EXPECT_EQ(math::sin(0.0f), 0);
  EXPECT_EQ(math::cos(0.0f), 1);
  EXPECT_EQ(math::sin(1e-30f), 1e-30f);
  EXPECT_EQ(math::cos(1e-30f), 1);
  EXPECT_EQ(math::sin(std::numeric_limits<float>::denorm_min()),
            std::numeric_limits<float>::denorm_min());
  for (const float x : {kInf, -kInf, kNan, 0x1.000002p30f, -0x1p31f}) {
    EXPECT_TRUE(std::isnan(math::sin(x))) << x;
    EXPECT_TRUE(std::isnan(math::cos(x))) << x;
  }
}

}  // namespace
}  // namespace tokenwalk
