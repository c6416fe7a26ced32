// Scores of the bundled model against transformers in float64: data/golden/tiny_scores.json, which
// tools/tiny_model/make_score_golden.py made.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "chapters/10_scoring/score_text.h"
#include "lib/base/data_path.h"
#include "tests/support/machines.h"

namespace tokenwalk {
namespace {

using nlohmann::json;

constexpr double kLogProbAllowed = 1e-4;  // float32 here, float64 there

json load_scores() {
  return json::parse(std::ifstream(data_path("golden") / "tiny_scores.json"));
}

// Calls body with the bundled model on every exact kernel set.
void for_each_model(const std::function<void(const Model& model)>& body) {
  ThreadPool pool(2);
  for (const auto& kernels : exact_kernel_sets(pool)) {
    SCOPED_TRACE("kernels " + std::string(kernels->name()));
    body(load_model(data_path("tiny"), *kernels));
  }
}

// The alternatives in the same order, unless two of them are as good as equal.
void expect_alternatives(const json& expected, const TokenScore& got) {
  ASSERT_EQ(got.top.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(got.top[i].log_prob, expected[i][1].get<double>(), kLogProbAllowed);
  }
  const double lead = expected[0][1].get<double>() - expected[1][1].get<double>();
  if (lead > 2 * kLogProbAllowed) {
    EXPECT_EQ(got.top[0].id, expected[0][0].get<int>());
  }
}

TEST(TinyScores, LogProbabilitiesAgreeWithTransformers) {
  const json golden = load_scores();
  for_each_model([&](const Model& model) {
    for (const json& text : golden["texts"]) {
      const json &log_probs = text["log_probs"], &tops = text["top"];
      std::size_t i = 0;
      ScoreOptions options;
      options.top = 3;
      options.on_score = [&](const TokenScore& score) {
        EXPECT_NEAR(score.log_prob, log_probs[i].get<double>(), kLogProbAllowed)
            << text["text"] << ", id " << i + 1 << "\n  read:  page 10, A text";
        expect_alternatives(tops[i], score);
        ++i;
      };
      score_text(model, text["ids"].get<std::vector<int>>(), options);
      EXPECT_EQ(i, log_probs.size());
    }
  });
}

// The sums over windows of a text longer than the context.
TEST(TinyScores, WindowsAgreeWithTransformers) {
  const json golden = load_scores();
  const auto ids = golden["long_ids"].get<std::vector<int>>();
  ThreadPool pool(2);
  const auto sets = exact_kernel_sets(pool);
  const Model model = load_model(data_path("tiny"), *sets.back());
  for (const json& windows : golden["windows"]) {
    ScoreOptions options;
    options.window = windows["window"];
    options.stride = windows["stride"];
    const TextScore got = score_text(model, ids, options);
    const double predicted = windows["predicted"];
    EXPECT_EQ(static_cast<double>(got.predicted), predicted);
    EXPECT_NEAR(got.mean_nll(), windows["sum_nll"].get<double>() / predicted, 1e-6)
        << "window " << options.window << ", stride " << options.stride
        << "\n  read:  page 10, Windows";
  }
}

}  // namespace
}  // namespace tokenwalk
