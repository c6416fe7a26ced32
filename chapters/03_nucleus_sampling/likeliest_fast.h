#pragma once

#include <optional>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

/// A token that may be drawn and its unnormalised probability, exp((logit - max) / temperature).
struct Term {
  int id = 0;
  double value = 0;
};

/// The likeliest ids of a vocabulary, ascending, and about the sum of all other terms: off by at
/// most rest_error. Every id that is not there is less likely than those that the first cut of the
/// options keeps, by more than rounding, or than each of the terms by more or by rounding.
struct Likeliest {
  std::vector<Term> terms;
  double rest = 0;
  double rest_error = 0;
};

/// The token of sample_plain, from the likeliest ids alone: that needs no sum over the whole
/// vocabulary to the last bit, since renormalising after a cut cancels it, up to rounding. Nothing
/// where a decision is so close that the rounding could turn it; the caller then computes it all.
/// Some cut must be on; the default order. Where top-k is, rest does not matter.
std::optional<int> sample_likeliest(Likeliest likeliest, const SamplingOptions& options, double u);

}  // namespace tokenwalk
