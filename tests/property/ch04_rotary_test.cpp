// Rotary positions: the angles and the rotation.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "chapters/04_transformer/layers.h"
#include "tests/property/ch04_cases.h"
#include "tests/support/dice.h"
#include "tests/support/random_cases.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const char* const kRotary = "page 04, Rotary positions";

struct Angles {
  std::vector<float> cosines, sines;
};

Angles angles_of(std::size_t position, std::size_t head_dim, double theta) {
  Angles angles{std::vector<float>(head_dim / 2), std::vector<float>(head_dim / 2)};
  rotary_angles(position, rotary_frequencies(head_dim, theta), angles.cosines, angles.sines);
  return angles;
}

TEST(Ch04Transformer, RotaryTurnsAPairByItsAngle) {
  std::vector<float> head = {3, 4};
  rotate_head(head, std::vector<float>{0}, std::vector<float>{1});
  expect_close(std::vector{-4.0, 3.0}, head, 0,
               {"head = [3, 4], turned by 90 degrees (cosine 0, sine 1)", kRotary});
}

TEST(Ch04Transformer, RotaryPairsTheHalvesNotTheNeighbours) {
  RotaryCase test;
  rotate_head(test.head, test.cosines, test.sines);
  expect_close(test.expected, test.head, 0, {test.input, kRotary});
}

TEST(Ch04Transformer, RotaryLeavesPositionZeroAlone) {
  std::vector<float> head = {1, -2, 3, -4, 5, -6};
  const Angles angles = angles_of(0, 6, 10000);
  rotate_head(head, angles.cosines, angles.sines);
  expect_close(std::vector{1.0, -2.0, 3.0, -4.0, 5.0, -6.0}, head, 0,
               {"head = [1, -2, 3, -4, 5, -6] at position 0", kRotary});
}

TEST(Ch04Transformer, RotaryKeepsTheLengthOfAPair) {
  for (const std::uint64_t seed : case_seeds(40)) {
    Dice dice(seed);
    const std::size_t half = dice.between(1, 32), position = dice.below(8192);
    const std::vector<float> before = dice.floats(2 * half, -5, 5);
    std::vector<float> head = before;
    const Angles angles = angles_of(position, 2 * half, 10000);
    rotate_head(head, angles.cosines, angles.sines);
    for (std::size_t i = 0; i < half; ++i) {
      const float length = std::hypot(head[i], head[i + half]);
      const double expected = std::hypot(before[i], before[i + half]);
      expect_close(std::vector{expected}, {&length, 1}, 8 * kUnit * expected,
                   {"length of pair " + std::to_string(i) + " of " + show(before) +
                        " at position " + std::to_string(position),
                    kRotary});
    }
  }
}

TEST(Ch04Transformer, RotaryMakesScoresDependOnTheDistanceAlone) {
  const std::vector<float> q = Dice(1).floats(16), k = Dice(2).floats(16);
  const auto score = [&](std::size_t q_position, std::size_t k_position) {
    std::vector<float> turned_q = q, turned_k = k;
    const Angles a = angles_of(q_position, 16, 10000), b = angles_of(k_position, 16, 10000);
    rotate_head(turned_q, a.cosines, a.sines);
    rotate_head(turned_k, b.cosines, b.sines);
    float sum = 0;
    for (std::size_t i = 0; i < 16; ++i) sum += turned_q[i] * turned_k[i];
    return sum;
  };
  const std::vector<double> expected = {score(7, 0)};
  for (const std::size_t shift : {1, 10, 100, 1000}) {
    const float got = score(7 + shift, shift);
    expect_close(expected, {&got, 1}, 1e-3,
                 {"q . k at positions " + std::to_string(7 + shift) + " and " +
                      std::to_string(shift) + ", as at 7 and 0",
                  kRotary});
  }
  EXPECT_GT(std::abs(score(8, 0) - score(7, 0)), 1e-3) << "another distance, another score";
}

// Three roundings before the cosine: the power, its inverse, the angle.
TEST(Ch04Transformer, RotaryAnglesAreExactWithinTheirRoundings) {
  for (const double theta : {10000.0, 500000.0, 1000000.0}) {
    for (const std::size_t head_dim : {2, 6, 32, 64, 128}) {
      for (std::size_t position = 0; position < 8192; position += position < 40 ? 1 : 97) {
        const Angles angles = angles_of(position, head_dim, theta);
        for (std::size_t i = 0; i < head_dim / 2; ++i) {
          const double exponent = 2.0 * static_cast<double>(i) / static_cast<double>(head_dim);
          const double angle = static_cast<double>(position) / std::pow(theta, exponent);
          const double bound = 3.01 * kUnit * angle + 1.01 * kUnit;
          const bool good = std::abs(angles.cosines[i] - std::cos(angle)) <= bound &&
                            std::abs(angles.sines[i] - std::sin(angle)) <= bound;
          const float got[] = {angles.cosines[i], angles.sines[i]};
          if (good) continue;
          return expect_close(
              std::vector{std::cos(angle), std::sin(angle)}, got, bound,
              {"cosine and sine " + std::to_string(i) + " of position " + std::to_string(position) +
                   ", head_dim " + std::to_string(head_dim),
               kRotary});
        }
      }
    }
  }
}

// The last position that the bound above tries to reach is 8,191; transformers' own rounding of the
// angle is kept there, which the exact angle misses by up to 2e-4.
TEST(Ch04Transformer, RotaryAnglesAreRoundedAsTransformersDoes) {
  for (const std::size_t position : {1, 100, 4095, 8191}) {
    const Angles angles = angles_of(position, 64, 10000);
    for (std::size_t i = 0; i < 32; ++i) {
      const double exponent = 2.0 * static_cast<double>(i) / 64;
      const float frequency = 1.0f / static_cast<float>(std::pow(10000.0, exponent));
      const double angle = static_cast<float>(position) * frequency;
      const float got[] = {angles.cosines[i], angles.sines[i]};
      expect_close(std::vector{std::cos(angle), std::sin(angle)}, got, 0.51 * kUnit,
                   {"cosine and sine " + std::to_string(i) + " of position " +
                        std::to_string(position) + ", the angle rounded to float",
                    kRotary});
    }
  }
}

}  // namespace
}  // namespace tokenwalk
