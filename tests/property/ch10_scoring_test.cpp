// The pieces of scoring one by one.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/10_scoring/continuations.h"
#include "chapters/10_scoring/known_wrong.h"
#include "chapters/10_scoring/score_text.h"
#include "lib/base/error.h"
#include "tests/support/dice.h"
#include "tests/support/tiny_random_model.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;
const float kInf = std::numeric_limits<float>::infinity();

class Ch10Scoring : public testing::Test {
 protected:
  ThreadPool pool_{1};
  std::unique_ptr<KernelSet> kernels_ = reference_kernel_set(pool_);
  Model model_ = TinyRandomModel({.hidden = 24, .vocab = 60, .context = 30}).build(*kernels_);

  Ids ids(std::size_t n) const { return Dice(n).ids(n, 60); }
};

// ---- one row -----------------------------------------------------------------------------------

std::string show(const TokenScore& score) {
  std::string text = std::to_string(score.id) + ":" + std::to_string(score.log_prob);
  for (const IdLogProb& other : score.top) {
    text += " " + std::to_string(other.id) + ":" + std::to_string(other.log_prob);
  }
  return text;
}

TEST(Ch10ScoreToken, IsTheLogarithmOfTheRawProbability) {
  // Probabilities 1/8, 1/2, 1/4, 1/8, 0.
  const std::vector<float> logits = {0, std::log(4.0f), std::log(2.0f), 0, -kInf};
  EXPECT_NEAR(score_token(logits, 1, 0).log_prob, -std::log(2), 1e-7);
  EXPECT_NEAR(score_token(logits, 3, 0).log_prob, -std::log(8), 1e-7);
  EXPECT_EQ(score_token(logits, 4, 0).log_prob, -kInf);
  EXPECT_TRUE(score_token(logits, 1, 0).top.empty());
  const TokenScore all = score_token(logits, 0, 9);
  ASSERT_EQ(all.top.size(), 5u) << show(all);
  const int order[] = {1, 2, 0, 3, 4};  // ties: lower id first
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(all.top[i].id, order[i]) << show(all);
  EXPECT_EQ(score_token(logits, 4, 2).top.size(), 2u);
  EXPECT_EQ(score_token(logits, 4, 1).top[0].log_prob, score_token(logits, 1, 0).log_prob);
}

TEST(Ch10ScoreToken, RefusesLogitsThatAreNoNumbers) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInf}) {
    EXPECT_THROW(score_token(std::vector<float>{0, bad}, 0, 0), Error);
  }
  EXPECT_THROW(score_token(std::vector<float>{-kInf, -kInf}, 0, 0), Error);
}

TEST(Ch10ScoreToken, BothDistributionsStandSideBySide) {
  const std::vector<float> logits = Dice(4).floats(50, -4, 4);
  SamplingOptions options;
  options.temperature = 0.7;
  options.top_p = 0.6;
  const Candidates kept = distribution(logits, options);
  const std::vector<TwoProbs> both = compare_distributions(logits, options, 50);
  ASSERT_EQ(both.size(), 50u);
  double raw = 0, sampling = 0;
  for (std::size_t i = 0; i < both.size(); ++i) {
    raw += both[i].raw;
    sampling += both[i].sampling;
    const double expected = i < kept.size() ? kept[i].prob : 0;
    EXPECT_EQ(both[i].sampling, expected)
        << "place " << i << "\n  read:  page 10, Two distributions";
    EXPECT_NEAR(both[i].raw, std::exp(score_token(logits, both[i].id, 0).log_prob), 1e-15);
  }
  EXPECT_NEAR(raw, 1, 1e-12);
  EXPECT_NEAR(sampling, 1, 1e-12);
  EXPECT_LT(kept.size(), 50u) << "the case must cut something";
}

// ---- while generating --------------------------------------------------------------------------

TEST_F(Ch10Scoring, GeneratedTokensAreScoredAsTheTextIs) {
  GenerateOptions options;
  options.max_new_tokens = 12;
  options.sampling.temperature = 0.5;
  std::vector<TokenScore> scores;
  std::size_t heard = 0;
  options.on_token = [&](int id) {
    ++heard;
    EXPECT_EQ(scores.size(), heard) << "the score comes first";
    EXPECT_EQ(scores.empty() ? -1 : scores.back().id, id);
    return true;
  };
  const auto keep = [&](const TokenScore& score) { scores.push_back(score); };
  const Generated got = generate_cached(model_, ids(5), scoring_options(options, 2, keep));
  EXPECT_EQ(heard, got.tokens.size());
  options.on_token = nullptr;
  EXPECT_EQ(got.tokens, generate_cached(model_, ids(5), options).tokens);
  Ids all = ids(5);
  all.insert(all.end(), got.tokens.begin(), got.tokens.end());
  std::vector<TokenScore> text;
  ScoreOptions whole;
  whole.top = 2;
  whole.on_score = [&](const TokenScore& score) { text.push_back(score); };
  score_text(model_, all, whole);
  for (std::size_t i = 0; i < scores.size(); ++i) EXPECT_EQ(show(scores[i]), show(text[4 + i]));
}

TEST_F(Ch10Scoring, APickerOfOnesOwnStillPicks) {
  GenerateOptions options;
  options.max_new_tokens = 3;
  options.pick = [](std::span<const float>, std::size_t position) {
    return static_cast<int>(position);
  };
  Ids scored;
  const auto keep = [&](const TokenScore& score) { scored.push_back(score.id); };
  generate_cached(model_, ids(5), scoring_options(options, 0, keep));
  EXPECT_EQ(scored, (Ids{5, 6, 7}));
}

// ---- texts -------------------------------------------------------------------------------------

TEST_F(Ch10Scoring, CountsWhatItPredictsAndEvaluates) {
  const TextScore one = score_text(model_, ids(1), {});
  EXPECT_EQ(one.predicted, 0u);
  EXPECT_EQ(one.evaluated, 0u);
  const TextScore whole = score_text(model_, ids(30), {});
  EXPECT_EQ(whole.predicted, 29u);
  EXPECT_EQ(whole.evaluated, 29u) << "nobody asks what follows the last id";
  ScoreOptions options;
  options.stride = 10;  // windows 0..29, 10..39, 20..44
  const TextScore windows = score_text(model_, ids(45), options);
  EXPECT_EQ(windows.predicted, 44u);
  EXPECT_EQ(windows.evaluated, 29u + 29 + 24);
}

TEST_F(Ch10Scoring, BadRequestsAreRefusedBeforeAnythingRuns) {
  const auto code = [&](std::span<const int> text, std::size_t window, std::size_t stride) {
    ScoreOptions options;
    options.window = window;
    options.stride = stride;
    options.on_score = [](const TokenScore&) { ADD_FAILURE() << "something ran"; };
    try {
      score_text(model_, text, options);
    } catch (const Error& error) {
      return std::string(error_code_name(error.code()));
    }
    return std::string("no error");
  };
  EXPECT_EQ(code({}, 0, 0), "bad_value");
  EXPECT_EQ(code(ids(31), 0, 0), "capacity");
  EXPECT_EQ(code(ids(9), 8, 0), "capacity");
  EXPECT_EQ(code(ids(9), 31, 3), "bad_value");
  EXPECT_EQ(code(ids(9), 1, 0), "bad_value");
  EXPECT_EQ(code(ids(9), 8, 8), "bad_value");
  Ids bad = ids(70);
  bad[66] = 60;
  EXPECT_EQ(code(bad, 0, 15), "bad_value") << "an id far behind, before anything runs";
}

// ---- perplexity --------------------------------------------------------------------------------

// "" if it is the perplexity of texts whose ids have these probabilities.
std::string check_perplexity(const std::function<double(std::span<const double>)>& perplexity) {
  const std::pair<std::vector<double>, double> cases[] = {
      {{0.25, 0.25, 0.25}, 4}, {{0.5, 0.125}, 4}, {{1, 1, 1, 1e-8}, 100}};
  for (const auto& [probs, expected] : cases) {
    std::vector<double> log_probs;
    for (const double p : probs) log_probs.push_back(std::log(p));
    const double got = perplexity(log_probs);
    if (std::abs(got - expected) > 1e-9 * expected) {
      return "perplexity " + std::to_string(got) + ", expected " + std::to_string(expected) +
             "\n  read:  page 10, Perplexity";
    }
  }
  return "";
}

TEST(Ch10Perplexity, IsTheExponentialOfTheMean) {
  EXPECT_EQ(check_perplexity([](std::span<const double> log_probs) {
              TextScore text;
              for (const double log_prob : log_probs) text.sum_nll -= log_prob;
              text.predicted = log_probs.size();
              return text.perplexity();
            }),
            "");
}

TEST(Ch10Perplexity, KnownWrongMeanOfExponentialsIsRejected) {
  EXPECT_NE(check_perplexity(perplexity_of_exponentials), "");
}

// ---- the best of several -----------------------------------------------------------------------

TEST(Ch10Continuations, SumAndMeanPreferOthers) {
  const std::vector<ContinuationScore> scores = {{-3, 2}, {-2.5, 1}, {-4, 8}, {-2.5, 1}, {-4, 8}};
  EXPECT_EQ(best_by_sum(scores), 1u) << "the first among equals";
  EXPECT_EQ(best_by_mean(scores), 2u);
}

TEST_F(Ch10Scoring, BadContinuationsAreRefused) {
  EXPECT_THROW(score_continuations(model_, {}, std::vector<Ids>{ids(2)}), Error);
  EXPECT_THROW(score_continuations(model_, ids(3), std::vector<Ids>{ids(2), {}}), Error);
  EXPECT_THROW(score_continuations(model_, ids(3), std::vector<Ids>{ids(28)}), Error);
  EXPECT_THROW(score_continuations(model_, ids(3), std::vector<Ids>{{60}}), Error);
  EXPECT_EQ(score_continuations(model_, ids(3), std::vector<Ids>{ids(27)}).size(), 1u);
  EXPECT_TRUE(score_continuations(model_, ids(3), {}).empty());
}

}  // namespace
}  // namespace tokenwalk
