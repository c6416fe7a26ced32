// What the chain refuses, and the picker that a generation uses.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "chapters/12_more_samplers/chain.h"
#include "lib/base/error.h"
#include "lib/base/rng.h"
#include "tests/unit/ch03_candidates.h"

namespace tokenwalk {
namespace {

using Logits = std::vector<float>;

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
