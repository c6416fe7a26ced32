#pragma once

#include <span>

#include "chapters/12_more_samplers/options.h"

namespace tokenwalk {

// Samplers that are known to be wrong, kept for the page and the tests.

/// Divides every logit, also one below 0, which then becomes more likely; and divides once for each
/// time the id occurs. From: the library that Text Generation describes (docs/sources.md).
void penalise_dividing(std::span<double> logits, std::span<const int> history,
                       const PenaltyOptions& options);

/// Lets repeats go back across breakers: one id that was written between two texts does not keep
/// them apart.
void apply_dry_across_breakers(std::span<double> logits, std::span<const int> history,
                               const DryOptions& options);

/// Removes all top choices, the least likely of them too, and so may leave nothing that fits.
/// If nothing else is there, the last one stays.
Candidates cut_xtc_all(Candidates candidates, double probability, double threshold, double coin);

}  // namespace tokenwalk
