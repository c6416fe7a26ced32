#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/model/model.h"

namespace tokenwalk {

// Scores that are known to be wrong, kept for the page and the tests.

/// Log-probabilities of ids[1], ids[2], ...: each taken from the row of the id itself, which
/// predicts the one after it. Says how likely every word is to be said twice.
std::vector<double> log_probs_shifted(const Model& model, std::span<const int> ids);

/// The mean of exp(-log_prob) instead of the exponential of the mean: a single unlikely word counts
/// as much as thousands of others. log_probs: at least one.
double perplexity_of_exponentials(std::span<const double> log_probs);

/// Mean negative log-likelihood over windows that do not overlap: each begins with no context, its
/// first id is not predicted at all and those after it from almost nothing. ids: at least two.
/// window >= 2.
double mean_nll_in_pieces(const Model& model, std::span<const int> ids, std::size_t window);

}  // namespace tokenwalk
