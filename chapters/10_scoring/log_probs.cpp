#include "chapters/10_scoring/log_probs.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "chapters/02_softmax_temperature/softmax.h"
#include "lib/base/check.h"
#include "lib/base/math.h"

namespace tokenwalk {

//! [10-likeliest]
std::vector<IdLogProb> likeliest(std::span<const double> log_probs, std::size_t k) {
  std::vector<int> ids(log_probs.size());
  std::iota(ids.begin(), ids.end(), 0);
  k = std::min(k, ids.size());
  const auto value = [&](int id) { return log_probs[static_cast<std::size_t>(id)]; };
  std::partial_sort(
      ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(k), ids.end(),
      [&](int a, int b) { return value(a) != value(b) ? value(a) > value(b) : a < b; });
  std::vector<IdLogProb> best;
  for (std::size_t i = 0; i < k; ++i) best.push_back({ids[i], value(ids[i])});
  return best;
}
//! [10-likeliest]

//! [10-score-token]
TokenScore score_token(std::span<const float> logits, int id, std::size_t k) {
  CHECK_GE(id, 0);
  CHECK_LT(static_cast<std::size_t>(id), logits.size());
  // BEGIN SOLUTION 10.1
  const std::vector<double> log_probs = log_softmax(logits);  // [vocab]
  TokenScore score = {id, log_probs[static_cast<std::size_t>(id)], {}};
  if (k > 0) score.top = likeliest(log_probs, k);
  return score;
  // END SOLUTION
}
//! [10-score-token]

//! [10-scoring-options]
GenerateOptions scoring_options(const GenerateOptions& options, std::size_t k,
                                std::function<void(const TokenScore& score)> on_score) {
  GenerateOptions scoring = options;
  scoring.pick = [options, k, on_score = std::move(on_score)](std::span<const float> logits,
                                                              std::size_t position) {
    const int id = sample_at(logits, position, options);
    on_score(score_token(logits, id, k));
    return id;
  };
  return scoring;
}
//! [10-scoring-options]

//! [10-two-probs]
std::vector<TwoProbs> compare_distributions(std::span<const float> logits,
                                            const SamplingOptions& options, std::size_t k) {
  std::vector<TwoProbs> both;
  // BEGIN SOLUTION 10.2
  const Candidates kept = distribution(logits, options);
  for (const IdLogProb& raw : likeliest(log_softmax(logits), k)) {
    const auto found =
        std::find_if(kept.begin(), kept.end(), [&](const Candidate& c) { return c.id == raw.id; });
    both.push_back({raw.id, math::exp(raw.log_prob), found == kept.end() ? 0 : found->prob});
  }
  // END SOLUTION
  return both;
}
//! [10-two-probs]

}  // namespace tokenwalk
