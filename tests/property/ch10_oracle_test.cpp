// Scores of whole texts: against the float64 oracle, against full passes bit by bit, and the
// scores that are known to be wrong.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "chapters/04_transformer/forward_full.h"
#include "chapters/04_transformer/program/forwarding_kernels.h"
#include "chapters/10_scoring/continuations.h"
#include "chapters/10_scoring/known_wrong.h"
#include "chapters/10_scoring/score_text.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/oracle.h"
#include "tests/support/random_cases.h"
#include "tests/support/tiny_random_model.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;

// Log-probabilities of the ids that score_text predicts.
std::vector<double> log_probs_of(const Model& model, std::span<const int> ids,
                                 ScoreOptions options = {}) {
  std::vector<double> log_probs;
  options.on_score = [&](const TokenScore& score) { log_probs.push_back(score.log_prob); };
  score_text(model, ids, options);
  return log_probs;
}

// ---- against the oracle ------------------------------------------------------------------------

// Row t of the oracle's logits: the log-probability of `id`, and how far a float32 model may be
// off.
std::pair<double, double> oracle_log_prob(const Uncertain& logits, Eigen::Index t, int id) {
  const auto row = logits.value.row(t).array();
  const auto deviation = logits.variance.row(t).array().sqrt();
  const double largest = row.maxCoeff();
  const double sum = (row - largest).exp().sum();
  const double log_prob = row(id) - largest - std::log(sum);
  const double spread = ((row - largest).exp() / sum * deviation).sum() + deviation(id);
  return {log_prob, kDeviations * spread + 1e-12};
}

// "" if a way to score a text agrees with the oracle for every id but the first.
std::string check_scores(
    const std::function<std::vector<double>(const Model&, std::span<const int>)>& score,
    const KernelSet& kernels) {
  for (const std::uint64_t seed : case_seeds(30)) {
    const TinyRandomModel random(draw_spec(seed));
    Dice dice(seed, 5);
    const Ids ids = dice.ids(dice.between(2, 30), random.config().vocab);
    const OracleResult oracle = oracle_forward(random.config(), random.source(), ids);
    const std::vector<double> got = score(random.build(kernels), ids);
    if (got.size() != ids.size() - 1) return "another number of scores";
    for (std::size_t t = 0; t < got.size(); ++t) {
      const auto [expected, allowed] =
          oracle_log_prob(oracle.logits, static_cast<Eigen::Index>(t), ids[t + 1]);
      if (std::abs(got[t] - expected) <= allowed) continue;
      return "case seed " + std::to_string(seed) + ", id " + std::to_string(t + 1) + ": " +
             std::to_string(got[t]) + ", expected " + std::to_string(expected) + " within " +
             std::to_string(allowed) + "\n  read:  page 10, A text";
    }
  }
  return "";
}

TEST(Ch10Scores, AgreeWithTheFloat64Oracle) {
  ThreadPool pool(2);
  for (const auto& kernels : exact_kernel_sets(pool)) {
    EXPECT_EQ(check_scores([](const Model& m, auto ids) { return log_probs_of(m, ids); }, *kernels),
              "")
        << "kernels " << kernels->name();
  }
}

TEST(Ch10Scores, KnownWrongShiftedScoresAreRejected) {
  ThreadPool pool(1);
  EXPECT_NE(check_scores(log_probs_shifted, *reference_kernel_set(pool)), "");
}

// ---- windows -----------------------------------------------------------------------------------

// What the definition says, with a full pass over each window.
std::vector<double> log_probs_by_definition(const Model& model, std::span<const int> ids,
                                            std::size_t window, std::size_t stride) {
  std::vector<double> log_probs;
  std::size_t predicted = 1;
  for (std::size_t begin = 0; predicted < ids.size(); begin += stride) {
    const std::size_t end = std::min(begin + window, ids.size());
    const std::vector<float> logits =
        forward_full(model, ids.subspan(begin, end - begin), LogitRows::kAll).logits;
    for (; predicted < end; ++predicted) {
      const std::size_t row = (predicted - begin - 1) * model.config.vocab;
      log_probs.push_back(
          score_token(std::span(logits).subspan(row, model.config.vocab), ids[predicted], 0)
              .log_prob);
    }
  }
  return log_probs;
}

TEST(Ch10Scores, AreTheSameBitsForEveryChunkWindowAndMachine) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(8)) {
      const Model model = TinyRandomModel(draw_spec(seed)).build(kernels);
      Dice dice(seed, 6);
      const Ids ids = dice.ids(dice.between(2, 60), model.config.vocab);
      ScoreOptions options;
      options.window = dice.between(2, 70);
      options.stride = dice.between(1, options.window - 1);
      options.chunk = dice.between(1, 20);
      ASSERT_EQ(log_probs_of(model, ids, options),
                log_probs_by_definition(model, ids, options.window, options.stride))
          << machine_name(kernels, threads) << ", case seed " << seed << ", " << ids.size()
          << " ids, window " << options.window << ", stride " << options.stride << ", chunk "
          << options.chunk;
    }
  });
}

TEST(Ch10Windows, PredictEveryIdButTheFirstOnceWithEnoughBeforeIt) {
  for (std::size_t n = 1; n <= 30; ++n) {
    for (std::size_t window = 2; window <= 12; ++window) {
      for (std::size_t stride = 1; stride < window; ++stride) {
        const std::vector<ScoreWindow> windows = score_windows(n, window, stride);
        SCOPED_TRACE(std::to_string(n) + " ids, window " + std::to_string(window) + ", stride " +
                     std::to_string(stride) + "\n  read:  page 10, Windows");
        std::size_t predicted = 1;
        for (std::size_t w = 0; w < windows.size(); ++w) {
          EXPECT_EQ(windows[w].begin, w * stride);
          EXPECT_EQ(windows[w].end, std::min(w * stride + window, n));
          EXPECT_EQ(windows[w].first, predicted);
          const std::size_t least = w == 0 ? 1 : window - stride;
          EXPECT_GE(windows[w].first - windows[w].begin, least) << "ids to predict from";
          EXPECT_TRUE(w + 1 == windows.size() || windows[w].end < n) << "windows behind the end";
          predicted = windows[w].end;
        }
        EXPECT_EQ(predicted, n);
      }
    }
  }
}

TEST(Ch10Windows, KnownWrongPiecesLoseTheirContext) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  const Model model = TinyRandomModel({.vocab = 40}).build(*kernels);
  const Ids ids = Dice(1).ids(50, 40);
  ScoreOptions options;
  options.window = 10;
  for (const std::size_t stride : {1, 5, 9}) {
    options.stride = stride;
    EXPECT_NE(score_text(model, ids, options).mean_nll(), mean_nll_in_pieces(model, ids, 10));
  }
  options = {};
  EXPECT_EQ(score_text(model, ids, options).mean_nll(), mean_nll_in_pieces(model, ids, 50))
      << "one piece is one window";
}

// ---- memory ------------------------------------------------------------------------------------

// The most rows of logits that a call asks for.
struct RowCounter : ForwardingKernels {
  using ForwardingKernels::ForwardingKernels;
  void matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const override {
    if (w.n_out == 211) most = std::max(most, n_rows);
    inner_.matmul(w, x, n_rows, y);
  }
  mutable std::size_t most = 0;
};

TEST(Ch10Scores, LogitsAreNeverHeldForMoreThanAChunk) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  Model model = TinyRandomModel({.vocab = 211}).build(*kernels);
  RowCounter counter(*kernels);
  model.kernels = &counter;
  ScoreOptions options;
  options.chunk = 7;
  options.stride = 3;
  options.window = 40;
  score_text(model, Dice(1).ids(100, 211), options);
  EXPECT_EQ(counter.most, 7u);
}

// ---- continuations -----------------------------------------------------------------------------

TEST(Ch10Continuations, AreScoredAsTheEndOfOneText) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    const Model model = TinyRandomModel({.qwen3 = true, .vocab = 90}).build(kernels);
    Dice dice(3);
    for (const std::size_t n_prompt : {1, 2, 20}) {
      const Ids prompt = dice.ids(n_prompt, 90);
      const std::vector<Ids> continuations = {dice.ids(5, 90), dice.ids(1, 90), dice.ids(100, 90)};
      const auto scores = score_continuations(model, prompt, continuations);
      for (std::size_t i = 0; i < continuations.size(); ++i) {
        Ids all = prompt;
        all.insert(all.end(), continuations[i].begin(), continuations[i].end());
        const std::vector<double> log_probs = log_probs_of(model, all);
        double sum = 0;
        for (std::size_t t = n_prompt - 1; t < log_probs.size(); ++t) sum += log_probs[t];
        EXPECT_EQ(scores[i].sum, sum) << machine_name(kernels, threads) << ", continuation " << i;
        EXPECT_EQ(scores[i].n, continuations[i].size());
      }
    }
  });
}

}  // namespace
}  // namespace tokenwalk
