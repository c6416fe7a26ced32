#pragma once

#include <span>

#include "chapters/06_cached_generate/generate_cached.h"

namespace tokenwalk {

// Loops that are known to be wrong, kept for the page and the tests. Each leaves what it has cached
// in `cache`, which must be empty. They stop at max_new_tokens alone.

/// Runs the whole prompt, throws its logits away, and begins the loop by feeding the last prompt
/// token, so that the cache holds it twice. After N tokens it holds P + N positions, which is the
/// number that the document promises; from position P on its contents are wrong.
/// From: documents 001 and 003, read literally.
Generated generate_feeding_last_twice(const Model& model, KvCache& cache,
                                      std::span<const int> prompt, const GenerateOptions& options);

/// Appends the whole sequence to the same cache at every step: N P + N (N - 1) / 2 positions.
/// From: document 002.
Generated generate_feeding_everything(const Model& model, KvCache& cache,
                                      std::span<const int> prompt, const GenerateOptions& options);

}  // namespace tokenwalk
