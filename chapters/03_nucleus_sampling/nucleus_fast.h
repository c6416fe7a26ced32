#pragma once

#include <span>

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

/// The token of sample_plain, bit for bit, without sorting the whole vocabulary.
int sample_fast(std::span<const float> logits, const SamplingOptions& options, double u);

}  // namespace tokenwalk
