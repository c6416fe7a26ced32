#include "chapters/10_scoring/continuations.h"

#include <algorithm>

#include "chapters/10_scoring/score_text.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

// All that goes through the model for one continuation.
std::vector<int> joined(std::span<const int> prompt, const std::vector<int>& continuation) {
  std::vector<int> ids(prompt.begin(), prompt.end());
  ids.insert(ids.end(), continuation.begin(), continuation.end());
  return ids;
}

void check_continuations(const ModelConfig& config, std::span<const int> prompt,
                         std::span<const std::vector<int>> continuations) {
  check_generate(config, prompt, {});
  for (const std::vector<int>& continuation : continuations) {
    check_generate(config, joined(prompt, continuation), {});
    if (!continuation.empty()) continue;
    throw Error(ErrorCode::kBadValue,
                {"nothing to score", "an empty continuation", "at least one token", ""});
  }
}

}  // namespace

//! [10-continuations]
std::vector<ContinuationScore> score_continuations(
    const Model& model, std::span<const int> prompt,
    std::span<const std::vector<int>> continuations) {
  check_continuations(model.config, prompt, continuations);
  std::vector<ContinuationScore> scores;
  // BEGIN SOLUTION 10.5
  KvCache cache(model);
  const std::size_t n_shared = prompt.size() - 1;  // the last id is fed with each continuation
  if (n_shared > 0) prefill(model, cache, prompt.first(n_shared));
  for (const std::vector<int>& continuation : continuations) {
    const std::vector<int> ids = joined(prompt.last(1), continuation);
    ContinuationScore score;
    for_each_prediction(model, cache, ids, 1, 64, [&](std::size_t i, auto logits) {
      score.sum += score_token(logits, ids[i], 0).log_prob;
      score.n += 1;
    });
    cache.truncate(n_shared);
    scores.push_back(score);
  }
  // END SOLUTION
  return scores;
}
//! [10-continuations]

//! [10-best]
std::size_t best_by_sum(std::span<const ContinuationScore> scores) {
  const auto best = std::max_element(scores.begin(), scores.end(),
                                     [](const auto& a, const auto& b) { return a.sum < b.sum; });
  return static_cast<std::size_t>(best - scores.begin());
}

std::size_t best_by_mean(std::span<const ContinuationScore> scores) {
  const auto best =
      std::max_element(scores.begin(), scores.end(),
                       [](const auto& a, const auto& b) { return a.mean() < b.mean(); });
  return static_cast<std::size_t>(best - scores.begin());
}
//! [10-best]

}  // namespace tokenwalk
