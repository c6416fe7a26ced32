#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "chapters/05_naive_generate/generate_naive.h"

namespace tokenwalk {

// Log-probabilities here are natural logarithms of raw probabilities: softmax of the model's logits
// in double, before temperature, cuts and penalties. They are at most 0; -inf: impossible.

/// An id and how likely the model finds it.
struct IdLogProb {
  int id = 0;
  double log_prob = 0;
};

/// The k likeliest ids (all, if there are fewer), best first; ties: lower id first. [vocab] to [k].
std::vector<IdLogProb> likeliest(std::span<const double> log_probs, std::size_t k);

/// A token, and what could have stood in its place.
struct TokenScore {
  int id = 0;
  double log_prob = 0;         ///< given all ids before it
  std::vector<IdLogProb> top;  ///< the likeliest ids, best first; ties: lower id first
};

/// Scores `id` by the logits of the row before it, [vocab], with the k likeliest ids at that place.
/// Throws what check_logits throws. Cost: vocab exponentials.
TokenScore score_token(std::span<const float> logits, int id, std::size_t k);

/// Options that generate the same and tell `on_score` of each new token, before on_token hears of
/// it. k: how many alternatives.
GenerateOptions scoring_options(const GenerateOptions& options, std::size_t k,
                                std::function<void(const TokenScore& score)> on_score);

/// One id in the distribution of the model and in the one that the sampler draws from.
struct TwoProbs {
  int id = 0;
  double raw = 0;
  double sampling = 0;  ///< 0: cut
};

/// The k ids that the model finds likeliest, best first, with both probabilities.
std::vector<TwoProbs> compare_distributions(std::span<const float> logits,
                                            const SamplingOptions& options, std::size_t k);

}  // namespace tokenwalk
