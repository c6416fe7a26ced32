// The whole chain: against the oracle, against chapter 03, and what holds of every result.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "chapters/12_more_samplers/chain.h"
#include "lib/base/error.h"
#include "lib/base/rng.h"
#include "tests/support/property.h"
#include "tests/unit/ch03_candidates.h"
#include "tests/unit/chain_oracle.h"

namespace tokenwalk {
namespace {

using Logits = std::vector<float>;

// A text over few ids, so that it repeats itself.
Ids random_text(Dice& dice, std::size_t vocab) {
  return dice.ids(dice.below(40), dice.chance(0.5) ? std::min<std::size_t>(vocab, 3) : vocab);
}

// Everything that one step of generation depends on.
struct Case {
  Logits logits;
  ChainOptions options;
  Ids text, ends;
  std::size_t n_new;
  double coin;

  explicit Case(Dice& dice, std::size_t most = 40)
      : logits(random_logits(dice, dice.between(1, most))),
        options(random_chain(dice, logits.size())),
        text(random_text(dice, logits.size())),
        ends(dice.ids(dice.below(3), logits.size())),
        n_new(dice.below(text.size() + 1)),
        coin(dice.uniform()) {}

  History history() const { return {text, n_new, ends}; }
};

// Empty where a step masks every id.
Candidates result_of(const Case& c) {
  try {
    return chain_distribution_plain(c.logits, c.options, c.history(), c.coin);
  } catch (const Error& error) {
    EXPECT_EQ(error.parts().message, "every id is masked");
    return {};
  }
}

void expect_as_oracle(const Candidates& got, const OracleDistribution& oracle) {
  RC_ASSERT(ids_of(got) == oracle.ids);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto expected = static_cast<double>(oracle.probs[i]);
    RC_ASSERT(std::abs(got[i].prob - expected) <= 1e-10 * expected + 1e-300);
  }
}

TEST(Ch12Chain, IsWhatTheOracleGives) {
  int compared = 0;
  check_property(4000, [&compared](std::uint64_t seed) {
    Dice dice(seed);
    const Case c(dice);
    const OracleChain oracle = oracle_chain(c.logits, c.options, c.history(), c.coin);
    if (!oracle.distribution.clear) return;
    ++compared;
    expect_as_oracle(result_of(c), oracle.distribution);
  });
  EXPECT_GT(compared, 2500) << "the oracle must be sure of most cases";
}

TEST(Ch12Chain, ShapedLogitsAreWhatTheOracleGives) {
  check_property(2000, [](std::uint64_t seed) {
    Dice dice(seed);
    const Case c(dice);
    const OracleChain oracle = oracle_chain(c.logits, c.options, c.history(), c.coin);
    if (oracle.distribution.ids.empty()) return;
    const std::vector<double> got = shape_logits(c.logits, c.options, c.history());
    for (std::size_t i = 0; i < got.size(); ++i) {
      const auto expected = static_cast<double>(oracle.shaped[i]);
      RC_ASSERT(got[i] == expected ||
                std::abs(got[i] - expected) <= 1e-11 * (1 + std::abs(expected)));
    }
  });
}

TEST(Ch12Chain, EveryResultIsADistribution) {
  check_property(4000, [](std::uint64_t seed) {
    Dice dice(seed);
    const Case c(dice, 200);
    const Candidates got = result_of(c);
    const std::vector<double> shaped =
        got.empty() ? std::vector<double>() : shape_logits(c.logits, c.options, c.history());
    double sum = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      RC_ASSERT(
          (i == 0 || more_likely(got[i - 1], got[i])));  // RapidCheck's own || runs both sides
      RC_ASSERT(std::isfinite(c.logits[static_cast<std::size_t>(got[i].id)]));
      RC_ASSERT(std::isfinite(shaped[static_cast<std::size_t>(got[i].id)]));
      sum += got[i].prob;
    }
    RC_ASSERT((got.empty() || std::abs(sum - 1) < 1e-12));
  });
}

bool same_bits(const Candidates& a, const Candidates& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].id != b[i].id || std::memcmp(&a[i].prob, &b[i].prob, sizeof(double)) != 0)
      return false;
  }
  return true;
}

// Chapter 03's steps within the chain's order.
std::vector<SamplingStep> basic_order(const std::vector<ChainStep>& order) {
  std::vector<SamplingStep> basic;
  for (const ChainStep step : order) {
    if (step == ChainStep::kTemperature) basic.push_back(SamplingStep::kTemperature);
    if (step == ChainStep::kTopK) basic.push_back(SamplingStep::kTopK);
    if (step == ChainStep::kTopP) basic.push_back(SamplingStep::kTopP);
    if (step == ChainStep::kMinP) basic.push_back(SamplingStep::kMinP);
  }
  return basic;
}

TEST(Ch12Chain, WithChapter03sOptionsAloneTheBitsAreChapter03s) {
  check_property(3000, [](std::uint64_t seed) {
    Dice dice(seed);
    Case c(dice, 100);
    ChainOptions only;
    only.basic = random_options(dice, c.logits.size());
    only.order = c.options.order;
    c.options = only;
    SamplingOptions basic = only.basic;
    basic.order = basic_order(only.order);
    const Candidates expected = distribution(c.logits, basic);
    RC_ASSERT(same_bits(result_of(c), expected));
    RC_ASSERT(same_bits(chain_distribution(c.logits, c.options, c.history(), c.coin), expected));
    const double u = dice.uniform();
    RC_ASSERT(chain_sample(c.logits, c.options, c.history(), {u, c.coin}) ==
              sample_plain(c.logits, basic, u));
  });
}

// The chain in any order, with text and without, by the fast path and by the plain one.
void expect_fast_equals_plain(Dice& dice, std::size_t most) {
  Case c(dice, most);
  if (dice.chance(0.5)) c.options.bias = {};
  if (dice.chance(0.5)) c.options.penalties = {};
  if (dice.chance(0.5)) c.options.dry = {};
  if (dice.chance(0.5)) c.options.typical_p = 1;
  if (dice.chance(0.5)) c.options.top_n_sigma = c.options.xtc_probability = 0;
  const Candidates plain = result_of(c);
  if (plain.empty()) return;
  RC_ASSERT(same_bits(chain_distribution(c.logits, c.options, c.history(), c.coin), plain));
  const double u = dice.uniform();
  RC_ASSERT(chain_sample(c.logits, c.options, c.history(), {u, c.coin}) ==
            draw_candidate(plain, u));
}

TEST(Ch12Chain, FastEqualsPlain) {
  check_property(4000, [](std::uint64_t seed) {
    Dice dice(seed);
    expect_fast_equals_plain(dice, 700);
  });
  check_property(12, [](std::uint64_t seed) {
    Dice dice(seed);
    expect_fast_equals_plain(dice, 30000);
  });
}

// Each step by itself, switched off: not a bit differs from the chain without the step.
TEST(Ch12Chain, OffChangesNoBit) {
  Dice dice(1202);
  for (int round = 0; round < 300; ++round) {
    Case c(dice, 100);
    ChainOptions off;
    off.basic = c.options.basic;
    const Candidates with_all = chain_distribution_plain(c.logits, off, c.history(), c.coin);
    off.order = {ChainStep::kTemperature, ChainStep::kTopK, ChainStep::kTopP, ChainStep::kMinP};
    ASSERT_TRUE(same_bits(with_all, chain_distribution_plain(c.logits, off, c.history(), c.coin)));
    ChainOptions neutral;  // on, with values that change nothing
    neutral.basic = off.basic;
    neutral.penalties.last_n = 0;
    neutral.penalties.frequency = 1;
    neutral.dry.multiplier = 1;
    neutral.dry.last_n = 0;
    ASSERT_TRUE(
        same_bits(with_all, chain_distribution_plain(c.logits, neutral, c.history(), c.coin)));
  }
}

TEST(Ch12Chain, GreedyIsTheLikeliestOfWhatIsLeft) {
  const Logits logits = {3, 2, 1};
  ChainOptions options;
  options.basic.temperature = 0;
  options.basic.top_p = 0.5;
  options.typical_p = 0.1;
  const Ids text = {0, 0};
  EXPECT_EQ(chain_sample(logits, options, {text, 0, {}}, {0.9, 0.9}), 0);
  options.penalties.frequency = 1;
  EXPECT_EQ(chain_sample(logits, options, {text, 0, {}}, {0.9, 0.9}), 1);
  options.bias.banned = {{1}};
  EXPECT_EQ(chain_sample(logits, options, {text, 0, {}}, {0.9, 0.9}), 0) << "1 against 1: lower id";
}

TEST(Ch12Chain, APenaltyAfterTheTemperatureActsOnDividedLogits) {
  const Logits logits = {4, 2, 2};
  const Ids text = {0};
  ChainOptions options;
  options.basic.temperature = 2;
  options.penalties.frequency = 1;
  options.order = {ChainStep::kTemperature, ChainStep::kPenalties};  // 2 - 1 against 1
  const Candidates after = chain_distribution(logits, options, {text, 0, {}}, 0);
  EXPECT_EQ(ids_of(after), (Ids{0, 1, 2}));
  EXPECT_NEAR(after[0].prob, 1.0 / 3, 1e-15);
  options.order = {ChainStep::kPenalties, ChainStep::kTemperature};  // (4 - 1) / 2 against 1
  const Candidates before = chain_distribution(logits, options, {text, 0, {}}, 0);
  EXPECT_NEAR(before[0].prob, std::exp(0.5) / (std::exp(0.5) + 2), 1e-15);
  options.penalties = {.repetition = 2};
  options.order = {ChainStep::kTemperature, ChainStep::kPenalties};  // 2 / 2: its sign is kept
  EXPECT_NEAR(chain_distribution(logits, options, {text, 0, {}}, 0)[0].prob, 1.0 / 3, 1e-15);
}

TEST(Ch12Chain, ExtremeValuesOverflowNothing) {
  const Logits logits = {1e30f, -1e30f, 5, 0};
  const Ids text = {0, 1, 2, 3, 0, 1, 2, 3};
  for (const double huge : {1e300, 1e-300, -1e300}) {
    ChainOptions options;
    options.penalties = {.repetition = std::abs(huge), .frequency = huge, .presence = -huge};
    options.bias.logit_bias = {{0, huge}, {2, -huge}};
    options.dry = {.multiplier = std::abs(huge), .base = std::max(1.0, huge)};
    options.basic.temperature = 1e-300;
    options.typical_p = 0.5;
    options.top_n_sigma = 1e-300;
    options.xtc_probability = 1;
    options.xtc_threshold = 0;
    for (int turn = 0; turn < 10; ++turn) {
      std::rotate(options.order.begin(), options.order.begin() + 1, options.order.end());
      double sum = 0;
      for (const Candidate& c : chain_distribution_plain(logits, options, {text, 0, {}}, 0)) {
        sum += c.prob;
      }
      EXPECT_NEAR(sum, 1, 1e-12) << "with " << huge << ", first " << step_name(options.order[0]);
    }
  }
}

}  // namespace
}  // namespace tokenwalk
