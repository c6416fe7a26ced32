// Probabilities that llama.cpp's own test expects of its samplers: the figures of
// tests/test-sampling.cpp (github.com/ggml-org/llama.cpp, commit f0817df), with its tolerance.
// min-p 1.05 is left out: here it is an error.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "chapters/12_more_samplers/chain.h"
#include "tests/unit/ch03_candidates.h"

namespace tokenwalk {
namespace {

using Probs = std::vector<double>;

constexpr double kTheirs = 1e-5;  // its tolerance

std::vector<float> logs(const Probs& probs) {
  std::vector<float> logits;
  for (const double p : probs) logits.push_back(std::log(static_cast<float>(p)));
  return logits;
}

// The chain on these probabilities: what is kept, most likely first.
void expect_kept(const Probs& probs, const Probs& expected, const ChainOptions& options) {
  const Candidates got = chain_distribution(logs(probs), options, {}, 0);
  Probs sorted = expected;
  std::sort(sorted.rbegin(), sorted.rend());
  std::erase(sorted, 0.0);
  ASSERT_EQ(got.size(), sorted.size()) << show(got);
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i].prob, sorted[i], kTheirs);
}

// The chain after a text: the probability of each id.
void expect_probs(std::size_t n, const Ids& text, const Probs& expected,
                  const ChainOptions& options) {
  const Probs uniform(n, 1.0 / static_cast<double>(n));
  const Candidates got = chain_distribution(logs(uniform), options, {text, 0, {}}, 0);
  ASSERT_EQ(got.size(), n);
  for (const Candidate& c : got) {
    EXPECT_NEAR(c.prob, expected[static_cast<std::size_t>(c.id)], kTheirs) << "id " << c.id;
  }
}

ChainOptions with(const SamplingOptions& basic) {
  ChainOptions options;
  options.basic = basic;
  return options;
}

const Probs kFour = {0.1, 0.2, 0.3, 0.4};

TEST(Ch12LlamaCpp, TemperatureTopKTopPMinP) {
  expect_kept(kFour, kFour, with({.temperature = 1}));
  expect_kept(kFour, {1}, with({.temperature = 0}));
  expect_kept(kFour, {1}, with({.top_k = 1}));
  expect_kept(kFour, {0.44444, 0.33333, 0.22222}, with({.top_k = 3}));
  expect_kept(kFour, kFour, with({.top_k = 4}));
  expect_kept(kFour, kFour, with({.top_k = 0}));
  expect_kept(kFour, {1}, with({.top_p = 0}));
  expect_kept(kFour, {0.571429, 0.428571}, with({.top_p = 0.7}));
  expect_kept(kFour, {0.44444, 0.33333, 0.22222}, with({.top_p = 0.8}));
  expect_kept(kFour, kFour, with({.top_p = 1}));
  const Probs three = {0.2 / 0.9, 0.3 / 0.9, 0.4 / 0.9}, two = {0.3 / 0.7, 0.4 / 0.7};
  expect_kept(kFour, kFour, with({.min_p = 0}));
  expect_kept(kFour, kFour, with({.min_p = 0.24}));
  expect_kept(kFour, three, with({.min_p = 0.26}));
  expect_kept(kFour, three, with({.min_p = 0.49}));
  expect_kept(kFour, two, with({.min_p = 0.51}));
  expect_kept(kFour, two, with({.min_p = 0.74}));
  expect_kept(kFour, {1}, with({.min_p = 0.76}));
  expect_kept(kFour, {1}, with({.min_p = 1}));
}

// Its probabilities after xtc and typical are not renormalised; divided by their sum they are ours.
TEST(Ch12LlamaCpp, XtcAndTypical) {
  const auto xtc = [](double threshold) {
    ChainOptions options;
    options.xtc_probability = 0.99;
    options.xtc_threshold = threshold;
    return options;
  };
  const Probs falling = {0.4, 0.3, 0.2, 0.1};
  expect_kept(falling, {1}, xtc(0.09));
  expect_kept(falling, {0.2 / 0.3, 0.1 / 0.3}, xtc(0.19));
  expect_kept(falling, {0.3 / 0.6, 0.2 / 0.6, 0.1 / 0.6}, xtc(0.29));
  expect_kept(falling, falling, xtc(0.39));
  ChainOptions typical;
  typical.typical_p = 0.5;
  expect_kept({0.97, 0.01, 0.01, 0.01}, {1}, typical);
  expect_kept({0.4, 0.2, 0.2, 0.2}, {1.0 / 3, 1.0 / 3, 1.0 / 3}, typical);
}

TEST(Ch12LlamaCpp, TopNSigma) {
  ChainOptions options;
  options.top_n_sigma = 1;
  expect_kept(kFour, {0.571429, 0.428571}, options);
  options.top_n_sigma = 0;
  expect_kept(kFour, kFour, options);
  options.top_n_sigma = 3;
  expect_kept(kFour, kFour, options);
}

TEST(Ch12LlamaCpp, Penalties) {
  ChainOptions repetition, counts;
  repetition.penalties.repetition = 50;
  expect_probs(5, {0}, {0, 0.25, 0.25, 0.25, 0.25}, repetition);
  expect_probs(5, {0, 1, 2}, {0, 0, 0, 0.5, 0.5}, repetition);
  expect_probs(5, {0, 1, 2, 0, 0}, {0, 0, 0, 0.5, 0.5}, repetition);
  counts.penalties.frequency = 5;
  counts.penalties.presence = 5;
  expect_probs(5, {0}, {0.000011, 0.249997, 0.249997, 0.249997, 0.249997}, counts);
  expect_probs(5, {0, 1, 2}, {0.000023, 0.000023, 0.000023, 0.499966, 0.499966}, counts);
  expect_probs(5, {0, 1, 2, 0, 0}, {0, 0.000023, 0.000023, 0.499977, 0.499977}, counts);
}

TEST(Ch12LlamaCpp, Dry) {
  const auto dry = [](double multiplier, int allowed, int last_n, std::vector<Ids> breakers = {}) {
    ChainOptions options;
    options.dry = {multiplier, 1.1, allowed, last_n, std::move(breakers)};
    return options;
  };
  const Probs quarters(4, 0.25), fifths(5, 0.2);
  expect_probs(4, {0, 1}, quarters, dry(1, 2, 4));
  expect_probs(4, {0, 1, 2, 0, 1}, {0.296923, 0.296923, 0.109232, 0.296923}, dry(1, 2, 5));
  expect_probs(5, {0, 1, 3, 4, 0, 1}, fifths, dry(1, 2, 6, {{3}}));
  expect_probs(5, {0, 1, 2, 0, 1}, {0.241818, 0.241818, 0.032727, 0.241818, 0.241818},
               dry(2, 2, 5));
  expect_probs(5, {0, 1, 2, 3, 4, 0, 1}, fifths, dry(1, 4, 7));
}

}  // namespace
}  // namespace tokenwalk
