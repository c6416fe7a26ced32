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

// Numbers of few digits, whose sums often lie exactly between two floats, or next to that.
float short_number(std::uint32_t word, int low, int range) {
  const float digits = static_cast<float>(1 + (word & 0xff)) * (word >> 31 ? -1.0f : 1.0f);
  return std::ldexp(digits, low + static_cast<int>((word >> 8 & 0xffff) % range));
}

TEST(ExactFma, EqualsTheInstructionNearHalfways) {
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    const Words w = words_at(i);
    expect_same(short_number(w.a, -20, 40), short_number(w.b, -20, 40), short_number(w.c, -20, 60));
  }
}

TEST(ExactFma, EqualsTheInstructionAmongSubnormals) {
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    const Words w = words_at(i);
    expect_same(short_number(w.a, -90, 30), short_number(w.b, -90, 30),
                short_number(w.c, -150, 30));
  }
}

// Where a sum in double and a second rounding go wrong: 1 + 2^-24 + 2^-60 is above the middle
// between 1 and 1 + 2^-23, but its double lies on it.
TEST(ExactFma, RoundsOnceWhereDoubleRoundsTwice) {
  const float x = std::ldexp(1.0f, -30), z = 1 + std::ldexp(1.0f, -23);
  const float y = std::ldexp(1.0f, -30);
  expect_same(x, y, z);
  const float big = 1 + std::ldexp(1.0f, -12);
  EXPECT_EQ(std::fma(big, big, std::ldexp(1.0f, -60)),
            exact_fmaf(big, big, std::ldexp(1.0f, -60)));
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
