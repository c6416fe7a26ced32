#pragma once

#include <span>

#include "chapters/06_cached_generate/generate_cached.h"

namespace tokenwalk {

// Loops that are known to be wrong, kept for the page and the tests. Each leaves what it has cached
// in `cache`, which must be empty; draws and ends are those of the right loop.

/// Runs the whole prompt, throws its logits away, and begins the loop by feeding the last prompt
/// token, so that the cache holds it twice. After N tokens it holds P + N positions; from position
/// P on its contents are wrong. Source: "KV Cache and generate() Semantics" and the Chinese guide
/// to model.generate(), read literally (docs/sources.md).
Generated generate_feeding_last_twice(const Model& model, KvCache& cache,
                                      std::span<const int> prompt, const GenerateOptions& options);

/// Appends the whole sequence to the same cache at every step: N P + N (N - 1) / 2 positions.
/// Source: the guide to metal-candle (docs/sources.md).
Generated generate_feeding_everything(const Model& model, KvCache& cache,
                                      std::span<const int> prompt, const GenerateOptions& options);

}  // namespace tokenwalk
