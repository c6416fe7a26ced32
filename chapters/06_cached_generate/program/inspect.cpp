#include "chapters/06_cached_generate/program/inspect.h"

#include <algorithm>
#include <vector>

#include "chapters/04_transformer/forward_full.h"
#include "chapters/06_cached_generate/proof.h"

namespace tokenwalk {
namespace {

// K, then V, of one position, all layers one after the other.
template <typename LayerAt>
std::vector<float> kv_at(const Model& model, std::size_t position, LayerAt layer_at) {
  const std::size_t size = model.config.attention.kv_size();
  std::vector<float> all(model.config.n_layers * 2 * size);  // [n_layers, 2, n_kv_heads, head_dim]
  for (std::size_t i = 0; i < model.config.n_layers; ++i) {
    float* kv = all.data() + i * 2 * size;
    model.kernels->kv_read(layer_at(i), position, kv, kv + size);
  }
  return all;
}

}  // namespace

std::size_t kv_cache_bytes(const Model& model, std::size_t length) {
  const std::size_t rounded_up = (length + kKvBlock - 1) / kKvBlock * kKvBlock;
  return kv_bytes_per_position(model.config, model.kv_type) * rounded_up;
}

CacheCheck check_cache(const Model& model, const KvCache& cache, std::span<const int> ids) {
  const FullForward full = forward_full(model, ids, LogitRows::kLast);
  CacheCheck check;
  for (std::size_t t = 0; t < std::min(cache.length(), ids.size()); ++t) {
    const std::vector<float> held =
        kv_at(model, t, [&](std::size_t i) -> const LayerKv& { return cache.layer(i); });
    const std::vector<float> right =
        kv_at(model, t, [&](std::size_t i) -> const LayerKv& { return *full.kv[i]; });
    const std::size_t differ = count_different_bits(held, right);
    if (differ == 0 && check.correct == t) ++check.correct;
    check.values += held.size();
    check.differ += differ;
  }
  return check;
}

}  // namespace tokenwalk
