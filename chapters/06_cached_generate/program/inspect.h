#pragma once

#include <cstddef>
#include <span>

#include "chapters/06_cached_generate/kv_cache.h"
#include "lib/model/config.h"

namespace tokenwalk {

// What the chapter's program asks of a cache to show it. Nothing here is needed to generate.

/// The formula of kv_cache.h: bytes of K and V for a cache that has reached `length` positions.
std::size_t kv_cache_bytes(const Model& model, std::size_t length);

/// A cache held against the K and V that forward_full computes from a text.
struct CacheCheck {
  std::size_t values = 0;   ///< floats compared
  std::size_t differ = 0;   ///< of them with other bits
  std::size_t correct = 0;  ///< positions from 0 on without any difference
};

/// Compares the positions that both have, 0 .. min(cache.length(), ids.size()) - 1, in all layers.
CacheCheck check_cache(const Model& model, const KvCache& cache, std::span<const int> ids);

}  // namespace tokenwalk
