#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chapters/05_naive_generate/generate_naive.h"
#include "chapters/06_cached_generate/forward_cached.h"

namespace tokenwalk {

/// Rows that prefill runs at a time unless told otherwise.
inline constexpr std::size_t kPrefillChunk = 512;

/// Feeds ids to a cache, `chunk` of them a call; returns the logits of the last one, [vocab].
/// ids: at least one. The result does not depend on `chunk`.
std::vector<float> prefill(const Model& model, KvCache& cache, std::span<const int> ids,
                           std::size_t chunk = kPrefillChunk);

/// Samples from `logits`, the row of position cache.length() - 1, and goes on: each new token but
/// the last is fed to the cache. N tokens evaluate N - 1 positions, and so the cache then holds
/// one position less than there are tokens: the last token has not been fed. options: as
/// check_generate allows them.
Generated decode(const Model& model, KvCache& cache, std::vector<float> logits,
                 const GenerateOptions& options);

/// The tokens of generate_naive, bit for bit, with P + N - 1 positions evaluated; P for N = 0: the
/// prompt goes through the model whatever follows.
Generated generate_cached(const Model& model, std::span<const int> prompt,
                          const GenerateOptions& options, std::size_t chunk = kPrefillChunk);

}  // namespace tokenwalk
