#include "chapters/02_softmax_temperature/draw.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "chapters/02_softmax_temperature/softmax.h"
#include "lib/base/check.h"
#include "lib/base/rng.h"
#include "tests/support/dice.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Weights = std::vector<double>;
using Draw = std::function<int(std::span<const double>, double)>;

constexpr double kLargestU = 1 - 0x1p-53;  // the largest number that uniform_draw can give

Complaints check_draw(const Draw& draw_from) {
  Complaints complaints("page 02, The draw");
  const auto expect = [&](const Weights& weights, double u, int expected) {
    const int got = draw_from(weights, u);
    complaints.expect(
        got == expected,
        "draw(" + testing::PrintToString(weights) + ", u = " + std::to_string(u) + ")",
        std::to_string(expected), std::to_string(got));
  };
  expect({1}, 0, 0);
  expect({1}, kLargestU, 0);
  // u on an edge belongs to the upper side: the comparison is strict
  expect({0.25, 0.25, 0.5}, 0, 0);
  expect({0.25, 0.25, 0.5}, 0.25 - 0x1p-54, 0);
  expect({0.25, 0.25, 0.5}, 0.25, 1);
  expect({0.25, 0.25, 0.5}, 0.5, 2);
  expect({0.25, 0.25, 0.5}, kLargestU, 2);
  // weight 0 is never drawn: first, in between, last
  expect({0, 1}, 0, 1);
  expect({0, 0, 1, 0}, 0, 2);
  expect({0.5, 0, 0.5}, 0.5, 2);
  expect({0.5, 0.5, 0}, kLargestU, 1);
  expect({1, 0, 0, 0}, kLargestU, 0);
  // weights need not sum to 1
  expect({1, 1, 2}, 0.25, 1);
  expect({1, 1, 2}, 0.5, 2);
  expect({0.1, 0.1}, kLargestU, 1);
  expect({0.1, 0.1}, 0.4999, 0);
  expect({30, 10}, 0.74, 0);
  expect({1e-200, 1e-200}, 0.6, 1);
  return complaints;
}

// Wrong: not strict, so u = 0 draws an id of probability 0.
int draw_not_strict(std::span<const double> weights, double u) {
  double total = 0, running = 0;
  for (const double weight : weights) total += weight;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    running += weights[i];
    if (u * total <= running) return static_cast<int>(i);
  }
  return -1;
}

// Wrong: takes for granted that the weights sum to 1.
int draw_of_one(std::span<const double> weights, double u) {
  double running = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    running += weights[i];
    if (u < running) return static_cast<int>(i);
  }
  return static_cast<int>(weights.size()) - 1;
}

// Wrong: the last id catches what rounding leaves, even if its weight is 0.
int draw_backwards(std::span<const double> weights, double u) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double left = u * total;
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    if (left <= weights[i]) return static_cast<int>(i);
    left -= weights[i];
  }
  return static_cast<int>(weights.size()) - 1;
}

TEST(Ch02Draw, TakesTheFirstIdAboveU) {
  EXPECT_TRUE(holds(check_draw(draw)));
}

TEST(Ch02Draw, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_draw(draw_not_strict)));
  EXPECT_FALSE(holds(check_draw(draw_of_one)));
  EXPECT_FALSE(holds(check_draw(draw_backwards)));
}

TEST(Ch02Draw, NeverDrawsWeightZero) {
  Dice dice(71);
  for (int round = 0; round < 20000; ++round) {
    Weights weights;
    for (std::size_t n = dice.between(1, 8); n > 0; --n) {
      weights.push_back(dice.chance(0.5) ? 0 : dice.uniform());
    }
    weights[dice.below(weights.size())] = dice.real(0.1, 1);
    const double edges[] = {0, kLargestU, 0.5, dice.uniform()};
    for (const double u : edges) {
      const int id = draw(weights, u);
      ASSERT_GE(id, 0);
      ASSERT_GT(weights.at(static_cast<std::size_t>(id)), 0) << testing::PrintToString(weights);
    }
  }
}

TEST(Ch02Draw, EveryPositiveWeightCanBeDrawn) {
  const Weights weights = {0.1, 0, 0.2, 0.3, 0, 0.4};
  const double middles[] = {0.05, 0.2, 0.45, 0.8};
  const int expected[] = {0, 2, 3, 5};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(draw(weights, middles[i]), expected[i]);
}

TEST(Ch02Draw, UMustBeFromZeroToBelowOne) {
  const Weights weights = {1, 1};
  for (const double u : {1.0, -0x1p-60, 2.0, std::nan("")}) {
    EXPECT_THROW(draw(weights, u), CheckFailure) << u;
  }
}

// 100,000 draws with Philox numbers: the counts fit the probabilities by Pearson's chi-square.
// u times the smallest number above 0 would round up to it, and no pin would be below the sum.
TEST(Ch02Draw, TheSumOfWeightsMustNotBeTooSmall) {
  for (const std::vector<double>& weights :
       {std::vector<double>{5e-324}, {0x1p-1022}, {0, 0}, {}}) {
    EXPECT_THROW(draw(weights, 0.9), CheckFailure);
  }
  EXPECT_EQ(draw(std::vector<double>{std::nextafter(0x1p-1022, 1.0)}, 1 - 0x1p-53), 0);
}

TEST(Ch02Draw, CountsFollowTheProbabilities) {
  const std::vector<float> logits = {2, 1, 0.5, 0, -1, 1.5, -2, 0.25};
  for (const double temperature : {0.5, 1.0, 2.0}) {
    const Weights probs = softmax(logits, temperature);
    constexpr int kDraws = 100000;
    std::vector<int> counts(logits.size());
    for (int i = 0; i < kDraws; ++i) {
      ++counts[static_cast<std::size_t>(
          draw(probs, uniform_draw(7, 0, static_cast<std::uint64_t>(i))))];
    }
    double chi_square = 0;
    for (std::size_t i = 0; i < probs.size(); ++i) {
      const double expected = probs[i] * kDraws;
      chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    EXPECT_LT(chi_square, 29.9) << "7 degrees of freedom: exceeded once in 10,000 times; "
                                << testing::PrintToString(counts);
  }
}

}  // namespace
}  // namespace tokenwalk
