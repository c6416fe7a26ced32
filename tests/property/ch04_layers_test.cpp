// The functions of chapter 04 but rotary positions and attention, one by one: by hand on small
// numbers, and against float64.

#include "chapters/04_transformer/layers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/property/ch04_cases.h"
#include "tests/support/dice.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const char* const kEmbedding = "page 04, Embedding";
const char* const kNorm = "page 04, RMSNorm";
const char* const kLinear = "page 04, Linear layers";
const char* const kSwiglu = "page 04, SwiGLU";

// ---- embed -------------------------------------------------------------------------------------

TEST(Ch04Transformer, EmbedCopiesTheRowOfTheId) {
  const std::vector<float> table = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // [4, 3]
  for (const int id : {0, 2, 3}) {
    std::vector<float> x(3, -1);
    embed({table.data(), 4, 3}, id, x);
    const double first = 3 * id + 1;
    expect_close(
        std::vector{first, first + 1, first + 2}, x, 0,
        {"table [[1 2 3] [4 5 6] [7 8 9] [10 11 12]], id " + std::to_string(id), kEmbedding});
  }
}

// ---- rmsnorm -----------------------------------------------------------------------------------

TEST(Ch04Transformer, RmsNormDividesByTheRootOfTheMeanSquare) {
  std::vector<float> y(2);
  rmsnorm(std::vector<float>{3, 4}, std::vector<float>{1, 1}, 0, y);
  expect_close(std::vector{3 / std::sqrt(12.5), 4 / std::sqrt(12.5)}, y, 1e-6,
               {"x = [3, 4], weight = [1, 1], eps = 0; mean of squares 12.5", kNorm});
}

TEST(Ch04Transformer, RmsNormMultipliesByTheWeight) {
  std::vector<float> y(4);
  rmsnorm(std::vector<float>{2, -2, 2, -2}, std::vector<float>{1, 2, -3, 0}, 0, y);
  expect_close(std::vector{1.0, -2.0, -3.0, 0.0}, y, 1e-6,
               {"x = [2, -2, 2, -2], weight = [1, 2, -3, 0], eps = 0", kNorm});
}

TEST(Ch04Transformer, RmsNormAddsEpsBeforeTheRoot) {
  std::vector<float> y(2);
  rmsnorm(std::vector<float>{1, 1}, std::vector<float>{1, 1}, 3, y);
  expect_close(std::vector{0.5, 0.5}, y, 1e-7,
               {"x = [1, 1], weight = [1, 1], eps = 3: divided by sqrt(1 + 3)", kNorm});
}

TEST(Ch04Transformer, RmsNormOfZerosIsZeros) {
  std::vector<float> y(3, 7);
  rmsnorm(std::vector<float>(3, 0), std::vector<float>(3, 1), 1e-6f, y);
  expect_close(std::vector<double>(3, 0), y, 0, {"x = [0, 0, 0], eps = 1e-6", kNorm});
}

TEST(Ch04Transformer, RmsNormMayWriteOverItsInput) {
  const std::vector<float> x = {1, 5, -2, 0.5f}, weight = {1, 2, 3, 4};
  std::vector<float> other(4), same = x;
  rmsnorm(x, weight, 1e-5f, other);
  rmsnorm(same, weight, 1e-5f, same);
  expect_close(doubles(other), same, 0,
               {"x = [1, 5, -2, 0.5] in place, against the result elsewhere", kNorm});
}

TEST(Ch04Transformer, RmsNormAgreesWithFloat64) {
  for (const std::uint64_t seed : case_seeds(60)) {
    Dice dice(seed);
    const std::size_t n = dice.between(1, 300);
    const double size = std::pow(10, dice.real(-3, 3));
    const std::vector<float> x = dice.floats(n, -size, size), weight = dice.floats(n, -2, 2);
    const float eps = 1e-6f;
    double sum = 0;
    for (const float value : x) sum += double{value} * value;
    const double r = 1 / std::sqrt(sum / static_cast<double>(n) + eps);
    std::vector<double> expected(n);
    double largest = 0;
    for (std::size_t k = 0; k < n; ++k) {
      expected[k] = x[k] * r * weight[k];
      largest = std::max(largest, std::abs(expected[k]));
    }
    std::vector<float> y(n);
    rmsnorm(x, weight, eps, y);
    // n / 16 fma and 4 additions in a lane, halved by the root; then six single roundings.
    const double bound = (static_cast<double>(n) / 32 + 10) * kUnit * largest;
    expect_close(expected, y, bound,
                 {std::to_string(n) + " random numbers, case seed " + std::to_string(seed), kNorm});
  }
}

// Fast kernels keep this order too, so it is part of the contract.
TEST(Ch04Transformer, RmsNormSumsIn16LanesByIndex) {
  for (const std::size_t n : {1, 15, 16, 17, 100, 300}) {
    const std::vector<float> x = Dice(n).floats(n), weight = Dice(n + 1).floats(n);
    float lane[16] = {};
    for (std::size_t k = 0; k < n; ++k) lane[k % 16] = std::fma(x[k], x[k], lane[k % 16]);
    for (const std::size_t half : {8, 4, 2, 1}) {
      for (std::size_t i = 0; i < half; ++i) lane[i] = lane[i] + lane[i + half];
    }
    const float r = 1.0f / std::sqrt(lane[0] / static_cast<float>(n) + 1e-5f);
    std::vector<float> expected(n), y(n);
    for (std::size_t k = 0; k < n; ++k) expected[k] = (x[k] * r) * weight[k];
    rmsnorm(x, weight, 1e-5f, y);
    EXPECT_EQ(describe_difference("y", n, expected, y), "")
        << "  input: " << n << " random numbers; every bit counts, so the order of the sum does: "
        << "16 lanes by index, each term one fma\n  read:  " << kNorm;
  }
}

// ---- linear ------------------------------------------------------------------------------------

TEST(Ch04Transformer, LinearGivesOneDotProductForEachRow) {
  const std::vector<float> w = {1, 2, 3, 4, 5, 6};  // [2, 3]
  std::vector<float> y(2);
  linear({w.data(), 2, 3}, std::vector<float>{1, 0, -1}, y);
  expect_close(std::vector{-2.0, -2.0}, y, 0, {"W = [[1 2 3] [4 5 6]], x = [1, 0, -1]", kLinear});
}

TEST(Ch04Transformer, LinearAgreesWithFloat64) {
  for (const std::uint64_t seed : case_seeds(40)) {
    Dice dice(seed);
    const std::size_t n_in = dice.between(1, 700), n_out = dice.between(1, 9);
    const std::vector<float> w = dice.floats(n_out * n_in), x = dice.floats(n_in, -3, 3);
    std::vector<float> y(n_out);
    linear({w.data(), n_out, n_in}, x, y);
    for (std::size_t o = 0; o < n_out; ++o) {
      double sum = 0, sizes = 0;
      for (std::size_t k = 0; k < n_in; ++k) {
        sum += double{w[o * n_in + k]} * x[k];
        sizes += std::abs(double{w[o * n_in + k]} * x[k]);
      }
      // 16 fma, one addition and one addition a block of 32 between a term and the sum.
      const double bound = (18 + static_cast<double>(n_in) / 32) * kUnit * sizes;
      expect_close(
          std::vector{sum}, std::span(y).subspan(o, 1), bound,
          {"row of " + std::to_string(n_in) + ", case seed " + std::to_string(seed), kLinear});
    }
  }
}

// ---- SwiGLU ------------------------------------------------------------------------------------

TEST(Ch04Transformer, SiluGateOfKnownNumbers) {
  std::vector<float> gate = {0, 1, -1, 2};
  silu_gate(gate, std::vector<float>{5, 1, 1, 10});
  expect_close(std::vector{0.0, 0.7310585786, -0.2689414214, 17.6159415596}, gate, 2e-6,
               {"gate = [0, 1, -1, 2], up = [5, 1, 1, 10]", kSwiglu});
}

TEST(Ch04Transformer, SiluGateOfLargeNumbersIsNoNan) {
  std::vector<float> gate = {200, -200, 1e30f, -1e30f};
  silu_gate(gate, std::vector<float>{1, 1, 1, 1});
  expect_close(std::vector{200.0, 0.0, double{1e30f}, 0.0}, gate, 1e-30,
               {"gate = [200, -200, 1e30, -1e30], up = 1: exp overflows", kSwiglu});
}

TEST(Ch04Transformer, SiluGateAgreesWithFloat64) {
  for (const std::uint64_t seed : case_seeds(20)) {
    Dice dice(seed);
    const std::vector<float> gate = dice.floats(500, -30, 30), up = dice.floats(500, -3, 3);
    std::vector<float> got = gate;
    silu_gate(got, up);
    for (std::size_t i = 0; i < got.size(); ++i) {
      const double expected = double{gate[i]} / (1 + std::exp(-double{gate[i]})) * up[i];
      expect_close(std::vector{expected}, {&got[i], 1}, 6 * kUnit * std::abs(expected),
                   {"gate " + std::to_string(gate[i]) + ", up " + std::to_string(up[i]), kSwiglu});
    }
  }
}

TEST(Ch04Transformer, AddAddsInPlace) {
  std::vector<float> x = {1, 2, 3};
  add(x, std::vector<float>{10, 20, -3});
  expect_close(std::vector{11.0, 22.0, 0.0}, x, 0,
               {"x = [1, 2, 3], y = [10, 20, -3]", "page 04, The residual stream"});
}

}  // namespace
}  // namespace tokenwalk
