// Chapter 03's fast path against its plain one: candidates and tokens, to the bit.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "chapters/03_nucleus_sampling/likeliest_fast.h"
#include "chapters/03_nucleus_sampling/nucleus_fast.h"
#include "chapters/03_nucleus_sampling/shortlist.h"
#include "tests/support/property.h"
#include "tests/unit/ch03_candidates.h"
#include "tests/unit/sampling_oracle.h"

namespace tokenwalk {
namespace {

using Floats = std::vector<float>;

// "" or the first place where two lists differ in a bit.
std::string first_difference(const Candidates& got, const Candidates& expected) {
  if (got.size() != expected.size()) {
    return std::to_string(got.size()) + " candidates instead of " + std::to_string(expected.size());
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool same = got[i].id == expected[i].id && got[i].logit == expected[i].logit &&
                      std::memcmp(&got[i].prob, &expected[i].prob, sizeof(double)) == 0;
    if (!same)
      return "place " + std::to_string(i) + ": " + show(Candidates{got[i]}) + " instead of " +
             show(Candidates{expected[i]});
  }
  return "";
}

// Logits in float and in double, candidates and draws on the edges between ids.
std::string difference(const Floats& logits, const SamplingOptions& options, Dice& dice) {
  const Candidates plain = distribution(logits, options);
  const std::vector<double> wide(logits.begin(), logits.end());
  std::string found = first_difference(distribution_fast(logits, options), plain);
  if (found.empty()) found = first_difference(distribution_fast(wide, options), plain);
  Candidates by_id = plain;
  std::sort(by_id.begin(), by_id.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  double edge = 0;
  for (std::size_t n = dice.below(by_id.size() + 1), i = 0; i < n; ++i) edge += by_id[i].prob;
  for (double u : {0.0, 1 - 0x1p-53, dice.uniform(), edge, std::nextafter(edge, 0.0)}) {
    u = std::clamp(u, 0.0, 1 - 0x1p-53);
    const int token = draw_candidate(plain, u);
    if (found.empty() && sample_fast(logits, options, u) != token) found = "another token";
    if (found.empty() && sample_fast(wide, options, u) != token) found = "another token, in double";
  }
  return found;
}

TEST(Ch03Fast, EqualsPlainOnRandomLogitsAndOptions) {
  check_property(4000, [](std::uint64_t seed) {
    Dice dice(seed);
    const Floats logits = random_logits(dice, *rc::gen::inRange<std::size_t>(1, 900));
    const SamplingOptions options = random_options(dice, logits.size());
    RC_ASSERT(difference(logits, options, dice) == "");
  });
}

// A vocabulary as models have it: normal logits, so that the scan collects a part of them.
Floats normal_logits(Dice& dice, std::size_t n, double spread) {
  Floats logits(n);
  for (float& logit : logits) {
    const double radius = std::sqrt(-2 * std::log(1 - dice.uniform()));
    logit = static_cast<float>(spread * radius * std::cos(6.283185307179586 * dice.uniform()));
  }
  return logits;
}

TEST(Ch03Fast, EqualsPlainOnWholeVocabularies) {
  Dice dice(1301);
  for (const double spread : {0.01, 1.0, 3.0, 8.0}) {
    Floats logits = normal_logits(dice, 20011, spread);
    if (dice.chance(0.5)) {
      for (float& logit : logits) logit = std::floor(logit * 4) / 4;  // many ties
    }
    for (std::size_t n = dice.below(500); n > 0; --n) {
      logits[dice.below(logits.size())] = -std::numeric_limits<float>::infinity();
    }
    for (const int top_k : {0, 1, 40, 200, 19000}) {
      SamplingOptions options;
      options.temperature = dice.real(0.3, 1.5);
      options.top_k = top_k;
      options.top_p = dice.chance(0.3) ? 1 : dice.real(0.1, 0.99);
      options.min_p = dice.chance(0.5) ? 0 : dice.real(0, 0.3);
      ASSERT_EQ(difference(logits, options, dice), "")
          << "spread " << spread << ", top_k " << top_k;
    }
  }
}

// p exactly at, and within a millionth of, a running sum; min-p exactly at a candidate's share.
TEST(Ch03Fast, EqualsPlainOnBorders) {
  Dice dice(1302);
  for (int round = 0; round < 400; ++round) {
    const Floats logits = normal_logits(dice, 600, 3);
    SamplingOptions options;
    options.temperature = dice.real(0.5, 1.2);
    if (dice.chance(0.5)) options.top_k = static_cast<int>(dice.between(2, 300));
    const Candidates all = distribution(logits, options);
    const std::size_t n = dice.between(1, std::min<std::size_t>(all.size(), 120));
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += all[i].prob;
    const double near[] = {0, kReached, kReached * 0.999999, kReached * 1.000001, -kReached, 1e-15};
    options.top_p = std::clamp(sum + near[dice.below(6)], 0.0, 1.0);
    ASSERT_EQ(difference(logits, options, dice), "");
    options.top_p = 1;
    options.min_p = all[n - 1].prob / all[0].prob;
    ASSERT_EQ(difference(logits, options, dice), "");
  }
}

// Neighbours whose logits differ by one float or whose terms round to the same probability.
TEST(Ch03Fast, EqualsPlainWhereNeighboursNearlyTie) {
  Dice dice(1303);
  for (int round = 0; round < 400; ++round) {
    Floats logits(500);
    const float base =
        static_cast<float>(dice.chance(0.5) ? dice.real(1e-9, 1e-8) : dice.real(1, 9));
    for (float& logit : logits) {
      logit = base;
      for (std::size_t n = dice.below(4); n > 0; --n) logit = std::nextafter(logit, -1.0f);
    }
    logits[dice.below(500)] = base + 3;
    SamplingOptions options;
    const double temperatures[] = {1, 1e7, 2e9, 5e9};  // at the last, terms differ in the last bit
    options.temperature = temperatures[dice.below(4)];
    options.top_k = static_cast<int>(dice.below(300));
    options.top_p = dice.chance(0.5) ? 1 : dice.uniform();
    ASSERT_EQ(difference(logits, options, dice), "");
  }
}

// Probabilities a unit in the last place apart: divided by a sum below 1 some become equal, and
// then the lower id goes first.
TEST(Ch03Fast, ShortlistsSortWhatRoundingMakesEqual) {
  Dice dice(1304);
  for (int round = 0; round < 500; ++round) {
    const std::size_t n = dice.between(4, 12);
    Candidates candidates;
    std::vector<Shortlist::Entry> by_id;
    for (std::size_t id = 0; id < n; ++id) {
      double prob = 0.9 / static_cast<double>(n);
      for (std::size_t steps = dice.below(4); steps > 0; --steps) prob = std::nextafter(prob, 1.0);
      candidates.push_back({static_cast<int>(id), 0, prob});
      by_id.push_back({static_cast<int>(id), prob});
    }
    std::sort(candidates.begin(), candidates.end(), more_likely);
    SamplingOptions options;
    options.top_k = static_cast<int>(dice.between(1, n - 1));
    options.top_p = dice.chance(0.5) ? 1 : dice.uniform();
    Shortlist list(by_id, -1, options);
    ASSERT_TRUE(list.cut(options));
    Candidates got;
    for (const int place : list.ranks()) {
      const Shortlist::Entry& e = list.by_id()[static_cast<std::size_t>(place)];
      got.push_back({e.id, 0, e.prob});
    }
    const Candidates expected = cut_nucleus(cut_top_k(candidates, options.top_k), options.top_p);
    ASSERT_EQ(first_difference(got, expected), "");
  }
}

// Of its own accord the estimate from the likeliest ids says nothing rather than something wrong.
TEST(Ch03Fast, TheEstimateIsNothingWhereItIsClose) {
  const std::vector<Term> terms = {{1, 0.25}, {2, 0.5}, {4, 1}, {9, 0.5}};
  SamplingOptions options;
  options.top_k = 2;  // ids 4 and 2: the line is 2: 1/3, 4: 2/3
  EXPECT_EQ(sample_likeliest({terms, 0, 0}, options, 0.2), 2);
  EXPECT_EQ(sample_likeliest({terms, 0, 0}, options, 0.4), 4);
  EXPECT_EQ(sample_likeliest({terms, 0, 0}, options, 1.0 / 3), std::nullopt) << "on the edge";
  std::vector<Term> close = terms;
  close[3].value = std::nextafter(0.5, 0.0);
  EXPECT_EQ(sample_likeliest({close, 0, 0}, options, 0.2), std::nullopt) << "2 or 9?";
  options.top_p = 2.0 / 3 + kReached;
  EXPECT_EQ(sample_likeliest({terms, 0, 0}, options, 0.2), std::nullopt) << "one or two?";
  options.top_p = 0.6;
  EXPECT_EQ(sample_likeliest({terms, 0, 0}, options, 0.2), 4);
  options.top_p = 1;
  options.min_p = 0.5;
  EXPECT_EQ(sample_likeliest({terms, 0, 0}, options, 0.2), std::nullopt);
  options.min_p = 1;
  EXPECT_EQ(sample_likeliest({terms, 0, 0}, options, 0.2), 4) << "equal to itself, to the bit";
}

TEST(Ch03Fast, TheEstimateKnowsWhatTheRestLeavesOpen) {
  const std::vector<Term> terms = {{1, 0.25}, {2, 0.5}, {4, 1}};
  const auto estimate = [&](double top_p, double rest, double error) {
    SamplingOptions options;
    options.top_p = top_p;
    return sample_likeliest({terms, rest, error}, options, 0.4);
  };
  EXPECT_EQ(estimate(0.7, 0.25, 0.001), 4) << "ids 4 and 2";
  EXPECT_EQ(estimate(0.4, 0.25, 0.001), 4) << "id 4 alone";
  EXPECT_EQ(estimate(0.7496, 0.25, 0.001), std::nullopt) << "two or three?";
  EXPECT_EQ(estimate(0.7496, 0.25, 0.0001), 4);
  EXPECT_EQ(estimate(0.7504, 0.25, 0.001), std::nullopt);
  EXPECT_EQ(estimate(0.8, 0.25, 0.001), std::nullopt) << "others may be as likely as the last";
  EXPECT_EQ(estimate(0.9, 0.25, 0.001), std::nullopt) << "three are too few";
}

}  // namespace
}  // namespace tokenwalk
