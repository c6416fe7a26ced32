#pragma once

#include <span>
#include <vector>

#include "chapters/12_more_samplers/options.h"
#include "tests/unit/sampling_oracle.h"

namespace tokenwalk {

/// The whole chain worked out independently of chapters 02, 03 and 12, slowly, in long double.
struct OracleChain {
  OracleDistribution distribution;  ///< empty if a step masked every id
  std::vector<long double> shaped;  ///< [vocab], what shape_logits gives
};

OracleChain oracle_chain(std::span<const float> logits, const ChainOptions& options,
                         const History& history, double coin);

/// Random settings, most of them on, in a random sub-order in half of the cases. Ids below vocab.
ChainOptions random_chain(Dice& dice, std::size_t vocab);

}  // namespace tokenwalk
