#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chapters/06_cached_generate/kv_cache.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// One token on its way through the model.
struct ForwardRow {
  int id = 0;
  std::size_t position = 0;   ///< of the token in its sequence
  KvCache* cache = nullptr;   ///< of its sequence
  bool wants_logits = false;  ///< whether somebody reads this row's logits
};

/// Runs rows through the model and appends their K and V to their caches. Decode is one row,
/// prefill is many rows of one cache, a batch is rows of several: only different lists. Rows of one
/// cache are in order and continue it: the first has position cache->length(). Returns the logits
/// of the rows that want them, [n_wanted, vocab], in the order of the rows. Every row equals the
/// same row of forward_full to the last bit, whatever else is in the list. Cost: one pass over the
/// weights, attention over the positions held.
std::vector<float> forward_cached(const Model& model, std::span<const ForwardRow> rows);

}  // namespace tokenwalk
