#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/model/model.h"

namespace tokenwalk {

/// How likely a model finds a continuation of a prompt.
struct ContinuationScore {
  double sum = 0;     ///< of the log-probabilities of its ids: ln of the probability of all of it
  std::size_t n = 0;  ///< ids

  double mean() const { return sum / static_cast<double>(n); }  ///< for each id
};

/// Scores several continuations of one prompt, which goes through the model once. Each holds at
/// least one id. Throws Error before anything runs: an empty prompt or continuation, an id that is
/// no token (kBadValue), more ids together than the context holds (kCapacity).
std::vector<ContinuationScore> score_continuations(const Model& model, std::span<const int> prompt,
                                                   std::span<const std::vector<int>> continuations);

/// The index of the best one, the first among equals; scores: at least one. The sum asks which text
/// is likeliest as a whole, and every further id makes it smaller: it prefers short texts. The mean
/// asks how likely an id is on average, and prefers texts that go on with easy words.
std::size_t best_by_sum(std::span<const ContinuationScore> scores);
std::size_t best_by_mean(std::span<const ContinuationScore> scores);

}  // namespace tokenwalk
