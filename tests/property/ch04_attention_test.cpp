// Attention with one head and with groups of heads: by hand on small numbers, and against float64.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "chapters/04_transformer/layers.h"
#include "tests/property/ch04_cases.h"
#include "tests/support/dice.h"
#include "tests/support/random_cases.h"
#include "tests/support/special_values.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const char* const kAttention = "page 04, Attention with one head";
const char* const kGrouped = "page 04, Grouped-query attention";

// attend_head over keys and values with rows of the query's size.
std::vector<float> attend(const std::vector<float>& q, const std::vector<float>& keys,
                          const std::vector<float>& values, std::size_t n_positions) {
  std::vector<float> out(q.size(), -99);
  attend_head(q, {keys.data(), q.size()}, {values.data(), q.size()}, n_positions, out);
  return out;
}

TEST(Ch04Transformer, AttentionToOnePositionGivesItsValue) {
  expect_close(std::vector{5.0, -6.0}, attend({1, 2}, {3, 4}, {5, -6}, 1), 0,
               {"q = [1, 2], one position with k = [3, 4], v = [5, -6]", kAttention});
}

TEST(Ch04Transformer, AttentionWithEqualScoresGivesTheMean) {
  expect_close(std::vector{2.0, 3.0}, attend({0, 0}, {1, 2, 3, 4, 5, 6}, {1, 0, 2, 3, 3, 6}, 3),
               1e-6, {"q = [0, 0], values [[1 0] [2 3] [3 6]]", kAttention});
}

TEST(Ch04Transformer, AttentionDividesScoresByTheRootOfHeadDim) {
  const double p = std::exp(1) / (1 + std::exp(1));
  expect_close(std::vector{p, 1 - p, 0.0, 0.0},
               attend({2, 0, 0, 0}, {1, 0, 0, 0, 0, 0, 0, 0}, {1, 0, 0, 0, 0, 1, 0, 0}, 2), 1e-6,
               {"head_dim 4, q . k = [2, 0], so scores [1, 0]", kAttention});
}

TEST(Ch04Transformer, AttentionDoesNotOverflowOnLargeScores) {
  expect_close(std::vector{7.0, 8.0}, attend({1000, 0}, {1000, 0, -1000, 0}, {7, 8, 1, 2}, 2), 0,
               {"scores of plus and minus 700,000; the larger one takes all", kAttention});
}

TEST(Ch04Transformer, AttentionFollowsTheStride) {
  const std::vector<float> rows = {1, 9, 9, 0, 9, 9};  // head_dim 1, rows 3 apart
  std::vector<float> out(1);
  attend_head(std::vector<float>{0}, {rows.data(), 3}, {rows.data(), 3}, 2, out);
  expect_close(std::vector{0.5}, out, 1e-7,
               {"values 1 and 0, three floats apart, equal scores", kAttention});
}

// What stands in the cache beyond the position may be anything.
TEST(Ch04Transformer, AttentionDoesNotSeeWhatComesLater) {
  for (const float poison : {kNan, kInf, -kInf}) {
    const LaterCase test(poison);
    expect_close(test.expected, attend(test.q, test.keys, test.values, 3), 1e-6,
                 {test.input + std::to_string(poison), kAttention});
    for (std::size_t n = 1; n <= 40; ++n) {
      Dice dice(n);
      const std::vector<float> q = dice.floats(6);
      std::vector<float> keys = dice.floats(41 * 6), values = dice.floats(41 * 6);
      const std::vector<float> expected = attend(q, keys, values, n);
      for (std::size_t i = n * 6; i < keys.size(); ++i) keys[i] = values[i] = poison;
      expect_close(
          doubles(expected), attend(q, keys, values, n), 0,
          {std::to_string(n) + " positions, then K and V of nothing but " + std::to_string(poison),
           kAttention});
    }
  }
}

TEST(Ch04Transformer, AttentionAgreesWithFloat64) {
  for (const std::uint64_t seed : case_seeds(60)) {
    Dice dice(seed);
    const std::size_t d = 2 * dice.between(1, 40), n = dice.between(1, 300);
    const double sharp = dice.real(0.1, 6);
    const std::vector<float> q = dice.floats(d, -sharp, sharp), keys = dice.floats(n * d),
                             values = dice.floats(n * d);
    std::vector<double> scores(n, 0), expected(d, 0);
    double sizes = 0, sum = 0;
    for (std::size_t j = 0; j < n; ++j) {
      double size = 0;
      for (std::size_t i = 0; i < d; ++i) {
        scores[j] += double{q[i]} * keys[j * d + i] / std::sqrt(static_cast<double>(d));
        size += std::abs(double{q[i]} * keys[j * d + i]) / std::sqrt(static_cast<double>(d));
      }
      sizes = std::max(sizes, size);
    }
    for (std::size_t j = 0; j < n; ++j) {
      sum += std::exp(scores[j]);
      for (std::size_t i = 0; i < d; ++i) expected[i] += std::exp(scores[j]) * values[j * d + i];
    }
    for (double& value : expected) value /= sum;
    // A score is off by its dot product's roundings, a probability by twice that and its own, and
    // values are at most 1.
    const auto terms = [](std::size_t count) { return 18 + static_cast<double>(count) / 32; };
    const double bound = kUnit * (2 * (terms(d) + 6) * sizes + terms(n) + double(n) / 16 + 12);
    expect_close(expected, attend(q, keys, values, n), bound,
                 {"head_dim " + std::to_string(d) + ", " + std::to_string(n) +
                      " positions, case seed " + std::to_string(seed),
                  kAttention});
  }
}

TEST(Ch04Transformer, GroupedHeadsShareTheirKvHead) {
  const GroupedCase test;
  std::vector<float> out(12);
  attend_grouped(test.shape, test.q.data(), test.keys.data(), test.values.data(), 1, out.data());
  expect_close(test.expected, out, 0, {test.input, kGrouped});
}

TEST(Ch04Transformer, GroupedAttentionIsOneHeadAfterAnother) {
  for (const std::uint64_t seed : case_seeds(30)) {
    Dice dice(seed);
    const std::size_t n_kv = dice.between(1, 4), group = dice.between(1, 4),
                      n = dice.between(1, 50);
    const AttentionShape shape = {n_kv * group, n_kv, 2 * dice.between(1, 10)};
    const std::size_t d = shape.head_dim;
    const std::vector<float> q = dice.floats(shape.q_size(), -3, 3);
    const std::vector<float> keys = dice.floats(n * shape.kv_size());
    const std::vector<float> values = dice.floats(n * shape.kv_size());
    std::vector<float> out(shape.q_size()), expected(shape.q_size());
    attend_grouped(shape, q.data(), keys.data(), values.data(), n, out.data());
    for (std::size_t h = 0; h < shape.n_heads; ++h) {
      const std::size_t offset = (h / group) * d;
      attend_head(std::span(q).subspan(h * d, d), {keys.data() + offset, shape.kv_size()},
                  {values.data() + offset, shape.kv_size()}, n,
                  std::span(expected).subspan(h * d, d));
    }
    expect_close(doubles(expected), out, 0,
                 {std::to_string(shape.n_heads) + " heads over " + std::to_string(n_kv) +
                      " K/V heads, case seed " + std::to_string(seed),
                  kGrouped});
  }
}

}  // namespace
}  // namespace tokenwalk
