#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chapters/06_cached_generate/generate_cached.h"

namespace tokenwalk {

// Generation loops with the mistakes that people make, known to be wrong. The check that the right
// loop passes must reject each of them.

/// One token through the model as chapter 06 does it, but turned by the angles of any position: the
/// right answer if that is cache.length(), the place where its K and V go.
std::vector<float> forward_turned(const Model& model, KvCache& cache, int id, std::size_t position);

/// Decode at the wrong offset: the new tokens count their positions from 0 again.
Generated loop_from_zero(const Model& model, std::span<const int> prompt,
                         const GenerateOptions& options);

/// Decode at the wrong offset: every new token is turned as if it stood one place later.
Generated loop_one_too_far(const Model& model, std::span<const int> prompt,
                           const GenerateOptions& options);

/// Feeds the last token of the prompt, which prefill has fed, a second time. The cache then has
/// P + N positions, as two of the source documents want, with wrong contents.
Generated loop_last_twice(const Model& model, std::span<const int> prompt,
                          const GenerateOptions& options);

/// Feeds the whole sequence again at every step, on top of what the cache holds.
Generated loop_all_again(const Model& model, std::span<const int> prompt,
                         const GenerateOptions& options);

/// Keeps only the newest token's K and V: every step starts from an empty cache.
Generated loop_forgetting(const Model& model, std::span<const int> prompt,
                          const GenerateOptions& options);

/// Draws with a generator that counts its draws instead of the token's position.
Generated loop_counting_draws(const Model& model, std::span<const int> prompt,
                              const GenerateOptions& options);

/// The right tokens, but nothing is saved: the cache is emptied and filled again at every step.
Generated loop_saving_nothing(const Model& model, std::span<const int> prompt,
                              const GenerateOptions& options);

}  // namespace tokenwalk
