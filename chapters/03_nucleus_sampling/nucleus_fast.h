#pragma once

#include <span>

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

// Chapter 03's distribution and sample, bit for bit, without sorting the whole vocabulary: a scan
// over it gives the sum of the softmax and a short list of likely ids, which the cuts then work on.
// A list that may have been too short is made again with more.
// Orders other than the default one take the plain way.

/// The candidates of distribution.
Candidates distribution_fast(std::span<const float> logits, const SamplingOptions& options);

/// The token of sample_plain.
int sample_fast(std::span<const float> logits, const SamplingOptions& options, double u);

/// The same for logits in double, -inf or finite, at least one finite (chapter 12); the order is
/// the default one.
Candidates distribution_fast(std::span<const double> logits, const SamplingOptions& options);
int sample_fast(std::span<const double> logits, const SamplingOptions& options, double u);

}  // namespace tokenwalk
