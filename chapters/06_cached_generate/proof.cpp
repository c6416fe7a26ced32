#include "chapters/06_cached_generate/proof.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "chapters/04_transformer/forward_full.h"
#include "chapters/06_cached_generate/forward_cached.h"
#include "lib/base/check.h"

namespace tokenwalk {
namespace {

// All rows of logits, the calls one after the other.
std::vector<float> logits_in_calls(const Model& model, KvCache& cache, std::span<const int> ids,
                                   std::span<const std::size_t> call_sizes) {
  std::vector<float> all;
  for (const std::size_t n : call_sizes) {
    std::vector<ForwardRow> rows;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t position = cache.length() + i;
      rows.push_back({ids[position], position, &cache, true});
    }
    const std::vector<float> logits = forward_cached(model, rows);
    all.insert(all.end(), logits.begin(), logits.end());
  }
  return all;
}

// K then V of every position, row after row.
std::vector<float> read_kv(const Model& model, const LayerKv& kv, std::size_t n_positions) {
  const std::size_t size = model.config.attention.kv_size();
  std::vector<float> rows(n_positions * 2 * size);
  for (std::size_t t = 0; t < n_positions; ++t) {
    float* row = rows.data() + t * 2 * size;
    model.kernels->kv_read(kv, t, row, row + size);
  }
  return rows;
}

}  // namespace

std::size_t count_different_bits(std::span<const float> a, std::span<const float> b) {
  CHECK_EQ(a.size(), b.size());
  std::size_t differ = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = std::bit_cast<std::uint32_t>(a[i]) == std::bit_cast<std::uint32_t>(b[i]) ||
                      (std::isnan(a[i]) && std::isnan(b[i]));
    differ += same ? 0 : 1;
  }
  return differ;
}

//! [06-proof]
Proof prove_cached_equals_full(const Model& full, const Model& cached, std::span<const int> ids,
                               std::span<const std::size_t> call_sizes) {
  const FullForward expected = forward_full(full, ids, LogitRows::kAll);
  KvCache cache(cached);
  const std::vector<float> logits = logits_in_calls(cached, cache, ids, call_sizes);

  Proof proof;
  proof.logits = logits.size();
  proof.logits_differ = count_different_bits(logits, expected.logits);
  for (std::size_t i = 0; i < full.config.n_layers; ++i) {
    const std::vector<float> kv = read_kv(cached, cache.layer(i), ids.size());
    proof.kv += kv.size();
    proof.kv_differ += count_different_bits(kv, read_kv(full, *expected.kv[i], ids.size()));
  }
  return proof;
}
//! [06-proof]

Proof prove_cached_equals_full(const Model& model, std::span<const int> ids,
                               std::span<const std::size_t> call_sizes) {
  return prove_cached_equals_full(model, model, ids, call_sizes);
}

}  // namespace tokenwalk
