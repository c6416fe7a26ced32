#pragma once

#include <span>
#include <vector>

#include "chapters/09_ragged_batch/ragged_batch.h"

namespace tokenwalk {

// Batches that are known to be wrong, kept for the page and the tests.

/// Fills every prompt with pad ids on the left, up to the longest one, and counts positions from
/// the first pad id, so that all texts share their positions. A short text then begins late, and
/// looks at pad ids that nobody wrote. Right for the longest prompt alone.
/// From: the loop of model.generate() (docs/sources.md), which knows no mask and no positions.
std::vector<Generated> generate_left_padded(const Model& model,
                                            std::span<const BatchRequest> requests, int pad_id);

/// One end for all: every text goes on until the last one has ended, past its own end of text, its
/// stop ids and its length. Right for the text that ends last.
/// From: the loop of model.generate() (docs/sources.md), where finished rows go on sampling.
std::vector<Generated> generate_with_one_end(const Model& model,
                                             std::span<const BatchRequest> requests);

/// One stream of random numbers for all, from which every text takes the next one when its turn
/// comes: its draws depend on who else is there. Right for greedy texts.
std::vector<Generated> generate_with_one_stream(const Model& model,
                                                std::span<const BatchRequest> requests);

}  // namespace tokenwalk
