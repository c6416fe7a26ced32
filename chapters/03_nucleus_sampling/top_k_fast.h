#pragma once

#include <optional>
#include <span>

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

/// A token that may be drawn and its unnormalised probability, exp((logit - max) / temperature).
struct Term {
  int id = 0;
  double value = 0;
};

/// The token of sample_plain, from the terms of the likeliest ids alone: the sum over the whole
/// vocabulary cancels when top-k renormalises, up to rounding. Nothing where a decision is so close
/// that the rounding could turn it; the caller then computes it all.
/// terms: at least top_k of them, and every id that is not there is less likely, by more than
/// rounding, than top_k of those. top_k above 0, the default order.
std::optional<int> sample_top_k(std::span<Term> terms, const SamplingOptions& options, double u);

}  // namespace tokenwalk
