#pragma once

#include <span>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"
#include "tests/support/dice.h"

namespace tokenwalk {

/// A distribution worked out independently of chapters 02 and 03, in long double.
struct OracleDistribution {
  std::vector<int> ids;  ///< most likely first, ties: lower id first
  std::vector<long double> probs;
  /// False where a cut fell so close to its border that rounding may decide it.
  bool clear = true;
};

/// The contract's steps in their order; logits and options must be in range.
OracleDistribution oracle_distribution(std::span<const float> logits,
                                       const SamplingOptions& options);

/// Logits of random size, spread and shape: smooth ones, ones with many ties, some masked.
std::vector<float> random_logits(Dice& dice, std::size_t n);

/// Random settings of every step, ends (0, 1, off) among them; the order is the default one.
SamplingOptions random_options(Dice& dice, std::size_t vocab);

}  // namespace tokenwalk
