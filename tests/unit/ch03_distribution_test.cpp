// The distribution that a token is drawn from: every row of the contract's table.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"
#include "lib/base/error.h"
#include "lib/base/math.h"
#include "tests/support/dice.h"
#include "tests/support/special_values.h"
#include "tests/unit/contract.h"
#include "tests/unit/sampling_oracle.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;
using Logits = std::vector<float>;

// Logits whose softmax has these probabilities, up to the rounding of logits to float.
Logits logits_of(const std::vector<double>& probs) {
  Logits logits;
  for (const double p : probs) logits.push_back(static_cast<float>(math::log(p)));
  return logits;
}

Ids kept(const Logits& logits, const SamplingOptions& options) {
  Ids ids;
  for (const Candidate& c : distribution(logits, options)) ids.push_back(c.id);
  return ids;
}

SamplingOptions with_temperature(double value) {
  SamplingOptions options;
  options.temperature = value;
  return options;
}
SamplingOptions with_top_k(int value) {
  SamplingOptions options;
  options.top_k = value;
  return options;
}
SamplingOptions with_top_p(double value) {
  SamplingOptions options;
  options.top_p = value;
  return options;
}
SamplingOptions with_min_p(double value) {
  SamplingOptions options;
  options.min_p = value;
  return options;
}
SamplingOptions with_order(std::vector<SamplingStep> order) {
  SamplingOptions options;
  options.order = std::move(order);
  return options;
}

// ---- the table -------------------------------------------------------------------------------

TEST(Ch03Distribution, DefaultsChangeNothing) {
  const std::vector<float> logits = {1, 3, 2, kMasked};
  const Candidates got = distribution(logits, {});
  ASSERT_EQ(kept(logits, {}), (Ids{1, 2, 0}));
  EXPECT_NEAR(got[0].prob, 0.66524096, 1e-8);
  EXPECT_NEAR(got[1].prob, 0.24472847, 1e-8);
  EXPECT_NEAR(got[2].prob, 0.09003057, 1e-8);
}

TEST(Ch03Distribution, TemperatureZeroIsTheLowestIdAmongEqualMaxima) {
  EXPECT_EQ(kept({1, 3, 3, 2}, with_temperature(0)), (Ids{1}));
  EXPECT_EQ(kept({kMasked, 1, 1}, with_temperature(0)), (Ids{1}));
}

TEST(Ch03Distribution, TopKZeroIsOffAndMoreThanThereAreIsAll) {
  EXPECT_EQ(kept({1, 3, 2}, with_top_k(0)).size(), 3u);
  EXPECT_EQ(kept({1, 3, 2}, with_top_k(3)).size(), 3u);
  EXPECT_EQ(kept({1, 3, 2}, with_top_k(4)).size(), 3u);
  EXPECT_EQ(kept({1, 3, 2}, with_top_k(std::numeric_limits<int>::max())).size(), 3u);
}

TEST(Ch03Distribution, TopKKeepsExactlyKLowerIdsFirst) {
  EXPECT_EQ(kept({2, 2, 2, 2}, with_top_k(2)), (Ids{0, 1}));
  EXPECT_EQ(kept({1, 2, 3, 2, 2}, with_top_k(3)), (Ids{2, 1, 3}));
  EXPECT_EQ(kept({1, 3, kMasked}, with_top_k(3)), (Ids{1, 0})) << "a masked id is never kept";
}

// From float logits 0.5 + 0.3 is a little off 0.8, and still reaches it.
TEST(Ch03Distribution, TopPReachesItsBorderFromFloatLogits) {
  EXPECT_EQ(kept(logits_of({0.5, 0.3, 0.2}), with_top_p(0.8)), (Ids{0, 1}));
  EXPECT_EQ(kept(logits_of({0.2, 0.5, 0.3}), with_top_p(0.5)), (Ids{1}));
  EXPECT_EQ(kept(logits_of({0.25, 0.25, 0.25, 0.25}), with_top_p(0.5)), (Ids{0, 1}));
  const std::vector<double> tenths(10, 0.1);
  for (int tenth = 1; tenth <= 9; ++tenth) {
    EXPECT_EQ(kept(logits_of(tenths), with_top_p(tenth / 10.0)).size(),
              static_cast<std::size_t>(tenth));
  }
}

// Borders as people write them: all probabilities in hundredths, p one of their sums.
TEST(Ch03Distribution, TopPReachesEveryBorderOfHundredths) {
  Dice dice(91);
  for (int round = 0; round < 2000; ++round) {
    std::vector<int> hundredths;
    int left = 100;
    while (left > 0) {
      hundredths.push_back(static_cast<int>(dice.between(1, static_cast<std::size_t>(left))));
      left -= hundredths.back();
    }
    std::sort(hundredths.begin(), hundredths.end(), std::greater<>());
    std::vector<double> probs;
    for (const int h : hundredths) probs.push_back(h / 100.0);
    int sum = 0;
    for (std::size_t n = 1; n < probs.size(); ++n) {
      sum += hundredths[n - 1];
      ASSERT_EQ(kept(logits_of(probs), with_top_p(sum / 100.0)).size(), n)
          << "p = " << sum << " hundredths of " << testing::PrintToString(hundredths);
    }
  }
}

TEST(Ch03Distribution, TopPEnds) {
  EXPECT_EQ(kept({1, 3, 2}, with_top_p(0)), (Ids{1}));
  EXPECT_EQ(kept({3, 3, 3}, with_top_p(0)), (Ids{0}));
  EXPECT_EQ(kept({0, -100}, with_top_p(1)), (Ids{0, 1})) << "1 is exactly off";
  EXPECT_EQ(kept({0, -2000}, with_top_p(1)), (Ids{0, 1})) << "even at probability 0";
  EXPECT_EQ(kept({0, -100}, with_top_p(0.999999)), (Ids{0}));
}

TEST(Ch03Distribution, MinPIsAPartOfTheBest) {
  EXPECT_EQ(kept({3, 2, 1}, with_min_p(0)).size(), 3u);
  EXPECT_EQ(kept({3, 3, 1}, with_min_p(1)), (Ids{0, 1}));
  EXPECT_EQ(kept({3, 2, 1}, with_min_p(0.3)), (Ids{0, 1}));  // e^-1 = 0.37, e^-2 = 0.14
  EXPECT_EQ(kept({3, 2, kMasked}, with_min_p(0)), (Ids{0, 1}));
}

TEST(Ch03Distribution, TheBestAlwaysStays) {
  Dice dice(92);
  for (int round = 0; round < 2000; ++round) {
    const Logits logits = random_logits(dice, dice.between(1, 40));
    const Candidates got = distribution(logits, random_options(dice, logits.size()));
    ASSERT_GE(got.size(), 1u);
    double sum = 0;
    for (const Candidate& c : got) {
      ASSERT_NE(logits[static_cast<std::size_t>(c.id)], kMasked);
      sum += c.prob;
    }
    ASSERT_NEAR(sum, 1, 1e-13);
    ASSERT_GT(got[0].prob, 0);
  }
}

// ---- order -----------------------------------------------------------------------------------

TEST(Ch03Order, TheDefaultIsTemperatureTopKTopPMinP) {
  using enum SamplingStep;
  EXPECT_EQ(SamplingOptions().order,
            (std::vector<SamplingStep>{kTemperature, kTopK, kTopP, kMinP}));
}

TEST(Ch03Order, TemperatureBeforeOrAfterTopPMatters) {
  using enum SamplingStep;
  const Logits logits = logits_of({0.5, 0.3, 0.2});
  SamplingOptions options = with_order({kTemperature, kTopP});
  options.temperature = 100;  // nearly uniform
  options.top_p = 0.5;
  EXPECT_EQ(kept(logits, options), (Ids{0, 1}));
  options.order = {kTopP, kTemperature};
  EXPECT_EQ(kept(logits, options), (Ids{0}));
}

TEST(Ch03Order, TopKBeforeOrAfterTopPMatters) {
  using enum SamplingStep;
  const Logits logits = logits_of({0.4, 0.3, 0.2, 0.1});
  SamplingOptions options = with_order({kTopK, kTopP});
  options.top_k = 2;  // then 4/7 and 3/7
  options.top_p = 0.55;
  EXPECT_EQ(kept(logits, options), (Ids{0}));
  options.order = {kTopP, kTopK};
  EXPECT_EQ(kept(logits, options), (Ids{0, 1}));
}

TEST(Ch03Order, StepsNotNamedDoNotRun) {
  SamplingOptions options = with_order({});
  options.temperature = 0;
  options.top_k = 1;
  options.top_p = 0;
  options.min_p = 1;
  EXPECT_EQ(kept({1, 3, 2}, options), (Ids{1, 2, 0}));
  options.order = {SamplingStep::kTopK};
  EXPECT_EQ(kept({1, 3, 2}, options), (Ids{1}));
}

// ---- an independent distribution -------------------------------------------------------------

std::string show(const Logits& logits, const SamplingOptions& o) {
  std::string order;
  for (const SamplingStep step : o.order) order += std::to_string(static_cast<int>(step)) + " ";
  return testing::PrintToString(logits) + ", temperature " + std::to_string(o.temperature) +
         ", top_k " + std::to_string(o.top_k) + ", top_p " + std::to_string(o.top_p) + ", min_p " +
         std::to_string(o.min_p) + ", order " + order;
}

TEST(Ch03Distribution, AgreesWithTheOracle) {
  using enum SamplingStep;
  Dice dice(93);
  int compared = 0;
  for (int round = 0; round < 4000; ++round) {
    const Logits logits = random_logits(dice, dice.between(1, 120));
    SamplingOptions options = random_options(dice, logits.size());
    if (options.temperature > 1e6 || (options.temperature > 0 && options.temperature < 0.01)) {
      continue;  // double rounds these to ties; they have tests of their own
    }
    if (dice.chance(0.5)) {  // some other order, perhaps with steps left out
      for (std::size_t i = 3; i > 0; --i)
        std::swap(options.order[i], options.order[dice.below(i + 1)]);
      options.order.resize(dice.between(0, 4));
    }
    const OracleDistribution expected = oracle_distribution(logits, options);
    if (!expected.clear) continue;
    const Candidates got = distribution(logits, options);
    ASSERT_EQ(kept(logits, options), expected.ids) << show(logits, options);
    for (std::size_t i = 0; i < got.size(); ++i) {
      const auto p = static_cast<double>(expected.probs[i]);
      ASSERT_NEAR(got[i].prob, p, 1e-11 * p + 1e-300) << show(logits, options);
    }
    ++compared;
  }
  EXPECT_GT(compared, 2000);
}

// ---- errors ----------------------------------------------------------------------------------

// What the error found; empty if there was none.
std::string found_in(const Logits& logits, const SamplingOptions& options) {
  try {
    distribution(logits, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadValue) << error.what();
    EXPECT_NE(error.parts().expected, "") << error.what();
    return error.parts().found;
  }
  return "";
}

TEST(Ch03Errors, SettingsOutOfRange) {
  const double nan = std::nan("");
  const Logits logits = {1, 2};
  EXPECT_NE(found_in(logits, with_top_k(-1)), "");
  for (const double bad : {-0.1, 1.1, 2.0, nan, HUGE_VAL, -HUGE_VAL, -1e-300, 1 + 1e-15}) {
    EXPECT_NE(found_in(logits, with_top_p(bad)), "") << "top_p " << bad;
    EXPECT_NE(found_in(logits, with_min_p(bad)), "") << "min_p " << bad;
  }
  for (const double bad : {-1.0, nan, HUGE_VAL, -HUGE_VAL, -1e-300}) {
    EXPECT_NE(found_in(logits, with_temperature(bad)), "") << "temperature " << bad;
  }
}

TEST(Ch03Errors, SettingsAreCheckedEvenWhereTheirStepDoesNotRun) {
  SamplingOptions options = with_order({});
  options.top_p = 2;
  EXPECT_NE(found_in({1, 2}, options), "");
}

TEST(Ch03Errors, LogitsOutOfRange) {
  EXPECT_EQ(found_in({0, std::nanf(""), 1}, {}), "NaN at id 1");
  EXPECT_EQ(found_in({0, 1, kInf}, {}), "+inf at id 2");
  EXPECT_NE(found_in({kMasked, kMasked}, {}), "");
  EXPECT_NE(found_in({}, {}), "");
}

}  // namespace
}  // namespace tokenwalk
