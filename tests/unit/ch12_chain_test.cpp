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
      RC_ASSERT(i == 0 || more_likely(got[i - 1], got[i]));
      RC_ASSERT(std::isfinite(c.logits[static_cast<std::size_t>(got[i].id)]));
      RC_ASSERT(std::isfinite(shaped[static_cast<std::size_t>(got[i].id)]));
      sum += got[i].prob;
    }
    RC_ASSERT(got.empty() || std::abs(sum - 1) < 1e-12);
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

// ---- errors ----------------------------------------------------------------------------------

std::string error_of(const ChainOptions& options, const Logits& logits = {1, 2, 3},
                     const Ids& text = {0, 1}) {
  try {
    chain_distribution(logits, options, {text, 0, {}}, 0);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadValue);
    EXPECT_FALSE(error.parts().expected.empty());
    return error.parts().message + ", " + error.parts().found;
  }
  return "no error";
}

TEST(Ch12Errors, WhereAStepMasksEveryIdItIsNamed) {
  ChainOptions options;
  options.bias.allowed = Ids{};
  EXPECT_EQ(error_of(options), "every id is masked, the step bias left none");
  options.bias.allowed = Ids{2};
  options.basic.top_k = 1;
  EXPECT_EQ(error_of(options), "no error");
  options.order = {ChainStep::kTopK, ChainStep::kBias};
  options.bias.allowed = Ids{1};
  EXPECT_EQ(error_of(options), "every id is masked, the step bias left none") << "top-k left id 2";
}

TEST(Ch12Errors, ValuesOutOfRange) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  const auto error_with = [](const auto& change) {
    ChainOptions options;
    change(options);
    return error_of(options);
  };
  for (const double bad : {0.0, -1.0, nan, inf}) {
    EXPECT_NE(error_with([&](ChainOptions& o) { o.penalties.repetition = bad; }), "no error");
  }
  for (const double bad : {nan, inf, -inf}) {
    EXPECT_NE(error_with([&](ChainOptions& o) { o.penalties.frequency = bad; }), "no error");
    EXPECT_NE(error_with([&](ChainOptions& o) { o.penalties.presence = bad; }), "no error");
  }
  for (const double bad : {nan, -0.1, 1.1, inf}) {
    EXPECT_NE(error_with([&](ChainOptions& o) { o.typical_p = bad; }), "no error");
    EXPECT_NE(error_with([&](ChainOptions& o) { o.xtc_probability = bad; }), "no error");
    EXPECT_NE(error_with([&](ChainOptions& o) { o.xtc_threshold = bad; }), "no error");
    EXPECT_NE(error_with([&](ChainOptions& o) { o.basic.top_p = bad; }), "no error");
  }
  for (const double bad : {nan, -0.1, inf}) {
    EXPECT_NE(error_with([&](ChainOptions& o) { o.top_n_sigma = bad; }), "no error");
    EXPECT_NE(error_with([&](ChainOptions& o) { o.dry.multiplier = bad; }), "no error");
    EXPECT_NE(error_with([&](ChainOptions& o) { o.dry.base = bad; }), "no error");
  }
  for (const double bad : {nan, inf}) {
    EXPECT_NE(error_with([&](ChainOptions& o) { o.bias.logit_bias = {{0, bad}}; }), "no error");
  }
  EXPECT_NE(error_with([](ChainOptions& o) { o.penalties.last_n = -2; }), "no error");
  EXPECT_NE(error_with([](ChainOptions& o) { o.dry.last_n = -2; }), "no error");
  EXPECT_NE(error_with([](ChainOptions& o) { o.dry.allowed_length = -1; }), "no error");
  EXPECT_NE(error_with([](ChainOptions& o) { o.bias.no_repeat_ngram = -1; }), "no error");
  EXPECT_NE(error_with([](ChainOptions& o) { o.bias.min_new_tokens = -1; }), "no error");
}

TEST(Ch12Errors, IdsThatAreNoTokens) {
  for (const int bad : {-1, 3}) {
    ChainOptions bias, allowed, banned, breakers;
    bias.bias.logit_bias = {{bad, 1.0}};
    allowed.bias.allowed = Ids{0, bad};
    banned.bias.banned = {{0, bad}};
    breakers.dry.breakers = {{bad}};
    const std::string id = "id " + std::to_string(bad);
    EXPECT_EQ(error_of(bias), "logit_bias names no token, " + id);
    EXPECT_EQ(error_of(allowed), "allowed_ids names no token, " + id);
    EXPECT_EQ(error_of(banned), "bad_ids names no token, " + id);
    EXPECT_EQ(error_of(breakers), "dry breakers names no token, " + id);
    EXPECT_EQ(error_of({}, {1, 2, 3}, {0, bad}), "history names no token, " + id);
  }
  ChainOptions empty;
  empty.bias.banned = {{}};
  EXPECT_EQ(error_of(empty), "bad bad_ids, an empty sequence");
}

TEST(Ch12Errors, AStepTwice) {
  ChainOptions options;
  options.order = {ChainStep::kDry, ChainStep::kXtc, ChainStep::kDry};
  EXPECT_EQ(error_of(options), "a sampling step stands twice in order, dry");
}

// ---- the picker ------------------------------------------------------------------------------

TEST(Ch12Picker, LooksBackAtPromptAndNewTokens) {
  ChainOptions options;
  options.basic.temperature = 0;
  options.bias.no_repeat_ngram = 1;
  ChainPicker pick(options, {1}, {}, 0, 0);
  const Logits logits = {1, 4, 3, 2};
  EXPECT_EQ(pick(logits, 1), 2) << "1 is in the prompt";
  EXPECT_EQ(pick(logits, 2), 3);
  EXPECT_EQ(pick(logits, 3), 0);
  EXPECT_THROW(pick(logits, 4), Error) << "nothing is left";
}

TEST(Ch12Picker, CountsTheNewTokensOnly) {
  ChainOptions options;
  options.basic.temperature = 0;
  options.bias.min_new_tokens = 2;
  ChainPicker pick(options, {1, 1, 1}, {0}, 0, 0);
  const Logits logits = {5, 1};
  EXPECT_EQ(pick(logits, 3), 1);
  EXPECT_EQ(pick(logits, 4), 1);
  EXPECT_EQ(pick(logits, 5), 0) << "two are new, so the text may end";
}

TEST(Ch12Picker, DrawsByItsPosition) {
  const Logits logits = {0, 0, 0, 0, 0, 0, 0, 0};
  ChainOptions options;
  options.xtc_probability = 0.5;
  options.xtc_threshold = 0.1;
  ChainPicker pick(options, {0, 0, 0}, {}, 11, 2);
  for (std::size_t position = 3; position < 40; ++position) {
    const double u = uniform_draw(11, 2, position);
    EXPECT_EQ(pick(logits, position), static_cast<int>(u * 8));
  }
}

TEST(Ch12Picker, IsToldItsPosition) {
  ChainPicker pick({}, {0}, {}, 0, 0);
  EXPECT_ANY_THROW(pick(Logits{0, 0}, 5));
}

}  // namespace
}  // namespace tokenwalk
