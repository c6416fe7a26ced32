// One token from logits: the plain path, the fast path, the draw.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"
#include "chapters/03_nucleus_sampling/nucleus_fast.h"
#include "lib/base/error.h"
#include "lib/base/rng.h"
#include "tests/support/dice.h"
#include "tests/support/property.h"
#include "tests/support/special_values.h"
#include "tests/unit/contract.h"
#include "tests/unit/sampling_oracle.h"

namespace tokenwalk {
namespace {

using Logits = std::vector<float>;

constexpr double kLargestU = 1 - 0x1p-53;

// ---- fast equals plain -----------------------------------------------------------------------

// A random draw with u on or beside an edge between two tokens, where a difference in the last bit
// of a sum would show.
double random_u(Dice& dice, const Logits& logits, const SamplingOptions& options) {
  if (dice.chance(0.5)) return dice.uniform();
  Candidates c = distribution(logits, options);
  std::sort(c.begin(), c.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  double total = 0;
  for (const Candidate& candidate : c) total += candidate.prob;
  double edge = 0;
  for (std::size_t n = dice.below(c.size() + 1), i = 0; i < n; ++i) edge += c[i].prob;
  edge /= total;
  for (std::size_t steps = dice.below(3); steps > 0; --steps) edge = std::nextafter(edge, 2.0);
  return std::clamp(edge, 0.0, kLargestU);
}

SamplingOptions any_options(Dice& dice, std::size_t vocab) {
  SamplingOptions options = random_options(dice, vocab);
  if (dice.chance(0.2)) {
    std::swap(options.order[dice.below(4)], options.order[dice.below(4)]);
    options.order.resize(dice.between(0, 4));
  }
  return options;
}

void expect_same_token(Dice& dice, std::size_t n) {
  const Logits logits = random_logits(dice, n);
  const SamplingOptions options = any_options(dice, n);
  const double u = random_u(dice, logits, options);
  const int plain = sample_plain(logits, options, u);
  RC_ASSERT(sample(logits, options, u) == plain);
  RC_ASSERT(sample_fast(logits, options, u) == plain);
  RC_ASSERT(logits[static_cast<std::size_t>(plain)] != kMasked);
}

TEST(Ch03Sample, FastEqualsPlain) {
  check_property(2000, [](std::uint64_t seed) {
    Dice dice(seed);
    expect_same_token(dice, *rc::gen::inRange<std::size_t>(1, 501));
  });
}

TEST(Ch03Sample, FastEqualsPlainOnAWholeVocabulary) {
  Dice dice(101);
  for (int round = 0; round < 12; ++round) expect_same_token(dice, 50000);
}

// Cuts that end exactly where the fast path's sorted prefix does, or just beside it.
TEST(Ch03Sample, FastEqualsPlainAroundItsPrefixes) {
  Dice dice(102);
  for (const int k : {1, 62, 63, 64, 65, 66, 255, 256, 257, 299, 300}) {
    const Logits ties(300, 1.0f);
    Logits falling;
    for (int i = 0; i < 300; ++i) falling.push_back(static_cast<float>(-i) / 64);
    for (const Logits& logits : {ties, falling}) {
      for (int round = 0; round < 20; ++round) {
        SamplingOptions by_k, by_p, by_min;
        by_k.top_k = k;
        by_p.top_p = k / 300.0;
        by_min.min_p = std::exp(-k / 64.0);
        for (const SamplingOptions& options : {by_k, by_p, by_min}) {
          const double u = random_u(dice, logits, options);
          ASSERT_EQ(sample_fast(logits, options, u), sample_plain(logits, options, u))
              << "k = " << k << ", u = " << u;
        }
      }
    }
  }
}

// A nucleus beyond the sorted prefix, then min-p exactly at a candidate's probability: which sum
// the probabilities were divided by decides in the last bit.
TEST(Ch03Sample, FastEqualsPlainWhereMinPFollowsAWideNucleus) {
  Dice dice(105);
  for (int round = 0; round < 1000; ++round) {
    Logits logits = {0};
    while (logits.size() < 200) logits.push_back(static_cast<float>(dice.real(-3.5, -3)));
    SamplingOptions options;
    options.top_p = 0.9;
    const Candidates nucleus = distribution(logits, options);
    options.min_p = nucleus[dice.between(1, 60)].prob / nucleus[0].prob;
    for (const double u : {0.0, 0.5, kLargestU}) {
      ASSERT_EQ(sample_fast(logits, options, u), sample_plain(logits, options, u))
          << "round " << round << ", u = " << u;
    }
  }
}

// ---- the draw by the contract ----------------------------------------------------------------

using Sample = std::function<int(std::span<const float>, const SamplingOptions&, double)>;

Complaints check_sample(const Sample& sample_of) {
  Complaints complaints("page 03, exercise 03.5");
  const auto expect = [&](const Logits& logits, const SamplingOptions& options, double u,
                          int expected) {
    const int got = sample_of(logits, options, u);
    complaints.expect(got == expected,
                      "logits " + testing::PrintToString(logits) + ", temperature " +
                          std::to_string(options.temperature) + ", top_k " +
                          std::to_string(options.top_k) + ", u = " + std::to_string(u),
                      "id " + std::to_string(expected), "id " + std::to_string(got));
  };
  SamplingOptions plain, greedy, top_2;
  greedy.temperature = 0;
  top_2.top_k = 2;
  expect({0, 0}, plain, 0, 0);
  expect({0, 0}, plain, 0.5 - 0x1p-54, 0);
  expect({0, 0}, plain, 0.5, 1);  // strict: an edge belongs to the upper side
  expect({0, 0, 0, 0}, plain, 0.25, 1);
  expect({0, 0, 0, 0}, plain, 0.75, 3);
  expect({0, 0, 0, 0}, plain, kLargestU, 3);
  // masked and impossible ids are never drawn, at either end
  expect({kMasked, 0, kMasked}, plain, 0, 1);
  expect({kMasked, 0, kMasked}, plain, kLargestU, 1);
  expect({-2000, 0, -2000}, plain, 0, 1);
  expect({-2000, 0, -2000}, plain, kLargestU, 1);
  // greedy looks at no u
  expect({1, 3, 3}, greedy, 0, 1);
  expect({1, 3, 3}, greedy, kLargestU, 1);
  // by ascending id, not by probability
  expect({0, 3}, plain, 0.01, 0);
  expect({0, 3}, plain, 0.1, 1);
  expect({2, 0, 2}, top_2, 0, 0);
  expect({2, 0, 2}, top_2, 0.5, 2);
  expect({0, 1, 1}, top_2, 0.49, 1);
  return complaints;
}

TEST(Ch03Sample, DrawsStrictlyByAscendingId) {
  EXPECT_TRUE(holds(check_sample(sample)));
  EXPECT_TRUE(holds(check_sample(sample_plain)));
}

TEST(Ch03Sample, TheTestsRejectWrongVersions) {
  // Draws in the order of probability.
  EXPECT_FALSE(holds(check_sample([](auto logits, const auto& options, double u) {
    double running = 0;
    const Candidates c = distribution(logits, options);
    for (const Candidate& candidate : c) {
      running += candidate.prob;
      if (u < running) return candidate.id;
    }
    return c.back().id;
  })));
  // Not strict.
  EXPECT_FALSE(holds(check_sample([](auto logits, const auto& options, double u) {
    return sample_plain(logits, options, std::max(0.0, std::nextafter(u, -1.0)));
  })));
}

TEST(Ch03Sample, AnIdOfProbabilityZeroIsNeverDrawn) {
  Dice dice(103);
  for (int round = 0; round < 5000; ++round) {
    const Logits logits = random_logits(dice, dice.between(1, 30));
    const SamplingOptions options = any_options(dice, logits.size());
    const double edges[] = {0, kLargestU, random_u(dice, logits, options)};
    const Candidates kept = distribution(logits, options);
    for (const double u : edges) {
      const int id = sample(logits, options, u);
      const auto found =
          std::find_if(kept.begin(), kept.end(), [&](const Candidate& c) { return c.id == id; });
      ASSERT_NE(found, kept.end());
      ASSERT_GT(found->prob, 0);
    }
  }
}

TEST(Ch03Sample, IsPure) {
  const Logits logits = {1, 2, 3, 2, 1};
  SamplingOptions options;
  options.top_p = 0.8;
  const int first = sample(logits, options, 0.6);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(sample(logits, options, 0.6), first);
}

// 100,000 tokens drawn with Philox numbers: Pearson's chi-square against the oracle.
TEST(Ch03Sample, CountsFollowTheDistribution) {
  Dice dice(104);
  const Logits logits = random_logits(dice, 40);
  std::vector<SamplingOptions> settings(4);
  settings[1].temperature = 2;
  settings[2].top_p = 0.9;
  settings[3].temperature = 1.3;
  settings[3].top_k = 12;
  settings[3].min_p = 0.01;
  for (const SamplingOptions& options : settings) {
    constexpr int kDraws = 100000;
    std::vector<int> counts(logits.size());
    for (int i = 0; i < kDraws; ++i) {
      ++counts[static_cast<std::size_t>(
          sample(logits, options, uniform_draw(3, 1, static_cast<std::uint64_t>(i))))];
    }
    const OracleDistribution expected = oracle_distribution(logits, options);
    double chi_square = 0;
    double rare = 0;  // ids expected fewer than five times count as one
    int rare_count = 0, groups = 0, seen = 0;
    for (std::size_t i = 0; i < expected.ids.size(); ++i) {
      const double mean = static_cast<double>(expected.probs[i]) * kDraws;
      const int count = counts[static_cast<std::size_t>(expected.ids[i])];
      seen += count;
      if (mean < 5) {
        rare += mean;
        rare_count += count;
        continue;
      }
      chi_square += (count - mean) * (count - mean) / mean;
      ++groups;
    }
    EXPECT_EQ(seen, kDraws) << "some draws fell outside the kept ids";
    EXPECT_LT(std::abs(rare_count - rare), 5 * std::sqrt(rare) + 5);
    // Mean groups - 1, standard deviation sqrt(2 (groups - 1)): five of them.
    EXPECT_LT(chi_square, (groups - 1) + 5 * std::sqrt(2.0 * (groups - 1)) + 1);
  }
}

TEST(Ch03Sample, FastChecksWhatPlainChecks) {
  const auto code = [](const Sample& sample_of, const Logits& logits, SamplingOptions options) {
    try {
      sample_of(logits, options, 0.5);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  SamplingOptions bad_p, bad_k, bad_min, bad_t;
  bad_p.top_p = 2;
  bad_k.top_k = -1;
  bad_min.min_p = std::nan("");
  bad_t.temperature = -1;
  const Logits fine = {1, 2}, nan = {1, std::nanf("")}, masked = {kMasked, kMasked};
  for (const SamplingOptions& options : {bad_p, bad_k, bad_min, bad_t}) {
    EXPECT_NE(code(sample, fine, options), "no error");
    EXPECT_EQ(code(sample, fine, options), code(sample_plain, fine, options));
  }
  for (const Logits& logits : {nan, masked, Logits{}}) {
    EXPECT_NE(code(sample, logits, {}), "no error");
    EXPECT_EQ(code(sample, logits, {}), code(sample_plain, logits, {}));
  }
}

}  // namespace
}  // namespace tokenwalk
