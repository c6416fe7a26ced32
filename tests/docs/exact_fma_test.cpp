#include "docs/live/exact_fma.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "lib/base/rng.h"

namespace tokenwalk {
namespace {

std::uint32_t bits(float x) {
  return x != x ? 0x7fc00000u : std::bit_cast<std::uint32_t>(x);  // all NaNs are equal
}

void expect_same(float x, float y, float z) {
  EXPECT_EQ(bits(exact_fmaf(x, y, z)), bits(std::fma(x, y, z))) << x << " * " << y << " + " << z;
}

// Three words of Philox for each case.
struct Words {
  std::uint32_t a, b, c;
};

Words words_at(std::uint32_t i) {
  const auto w = philox4x32_10({i, 0, 0, 0}, {7, 7});
  return {w[0], w[1], w[2]};
}

TEST(ExactFma, EqualsTheInstructionOnAnyBits) {
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    const Words w = words_at(i);
    expect_same(std::bit_cast<float>(w.a), std::bit_cast<float>(w.b), std::bit_cast<float>(w.c));
  }
}

// Close to 2^exponent: times another such number it is close to half a unit of the last place of z,
// and differs from it by less than a double of that size can hold.
float near_power(std::uint32_t word, int exponent, int digits) {
  const auto offset = static_cast<float>(static_cast<int>(word % 7) - 3);
  return std::ldexp(1 + std::ldexp(offset, -digits), exponent);
}

// How often one rounding to double and a second to float would be wrong: the cases must be such.
int compare_near_halfways(int z_exponent, std::uint32_t z_mask, int digits) {
  int twice_wrong = 0;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const Words w = words_at(i);
    const float z = std::ldexp(static_cast<float>(z_mask + 1 + (w.c & z_mask)), z_exponent);
    const int half = z_exponent - 1;  // of the exponent of half a unit
    const float x = near_power(w.a, half / 2, digits), y = near_power(w.b, half - half / 2, digits);
    expect_same(x, y, z);
    expect_same(-x, y, z);
    const auto twice = static_cast<float>(static_cast<double>(x) * y + z);
    twice_wrong += bits(twice) != bits(std::fma(x, y, z)) ? 1 : 0;
  }
  return twice_wrong;
}

TEST(ExactFma, EqualsTheInstructionNearHalfways) {
  EXPECT_GT(compare_near_halfways(-23, 0x7fffff, 15), 1000);
}

TEST(ExactFma, EqualsTheInstructionAmongSubnormals) {
  EXPECT_GT(compare_near_halfways(-149, 0x3fff, 23), 1000);
}

// Where a sum in double and a second rounding go wrong: 1 + 2^-24 + 2^-60 is above the middle
// between 1 and 1 + 2^-23, but its double lies on it.
TEST(ExactFma, RoundsOnceWhereDoubleRoundsTwice) {
  const float x = std::ldexp(1.0f, -30), z = 1 + std::ldexp(1.0f, -23);
  const float y = std::ldexp(1.0f, -30);
  expect_same(x, y, z);
  const float big = 1 + std::ldexp(1.0f, -12);
  EXPECT_EQ(std::fma(big, big, std::ldexp(1.0f, -60)), exact_fmaf(big, big, std::ldexp(1.0f, -60)));
  const auto twice = static_cast<float>(static_cast<double>(big) * big + std::ldexp(1.0, -60));
  EXPECT_NE(twice, exact_fmaf(big, big, std::ldexp(1.0f, -60)));
}

TEST(ExactFma, InfinityAndNaN) {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::nanf("");
  for (const float x : {0.0f, -0.0f, 1.0f, -2.5f, inf, -inf, nan}) {
    for (const float y : {0.0f, 3.0f, -inf, nan}) {
      for (const float z : {0.0f, -0.0f, 1.0f, inf, -inf, nan}) expect_same(x, y, z);
    }
  }
}

}  // namespace
}  // namespace tokenwalk
