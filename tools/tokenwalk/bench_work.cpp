#include "tools/tokenwalk/bench_work.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "chapters/06_cached_generate/generate_cached.h"
#include "lib/base/stopwatch.h"

namespace tokenwalk {
namespace {

// Any ids do: the cost does not depend on them.
std::vector<int> some_ids(std::size_t n, std::size_t vocab) {
  std::vector<int> ids(n);
  for (std::size_t i = 0; i < n; ++i) ids[i] = static_cast<int>((i * 7919 + 1) % vocab);
  return ids;
}

double prefill_seconds(const Model& model, const std::vector<int>& ids) {
  KvCache cache(model);
  const Stopwatch watch;
  prefill(model, cache, ids);
  return watch.seconds();
}

// `steps` passes of one token for each cache; the caches are as long afterwards as before.
double decode_seconds(const Model& model, std::vector<KvCache>& caches, std::size_t steps) {
  const std::size_t depth = caches[0].length();
  const std::vector<int> ids = some_ids(steps, model.config.vocab);
  std::vector<ForwardRow> rows(caches.size());
  const Stopwatch watch;
  for (std::size_t i = 0; i < steps; ++i) {
    for (std::size_t r = 0; r < rows.size(); ++r) rows[r] = {ids[i], depth + i, &caches[r], true};
    forward_cached(model, rows);
  }
  const double seconds = watch.seconds();
  for (KvCache& cache : caches) cache.truncate(depth);
  return seconds;
}

std::vector<KvCache> filled_caches(const Model& model, const BenchWork& work) {
  std::vector<KvCache> caches;
  caches.emplace_back(model);
  if (work.depth > 0) prefill(model, caches[0], some_ids(work.depth, model.config.vocab));
  while (caches.size() < work.rows) caches.push_back(caches[0].fork(model));
  return caches;
}

struct Amount {
  double weights = 0, bytes = 0;
};

void add_matrix(const Matrix& m, Amount& sum) {
  sum.weights += static_cast<double>(m.n_out * m.n_in);
  sum.bytes += static_cast<double>(m.n_out * weight_row_bytes(m.format, m.n_in));
}

// All matrices that every token meets; the head stands apart.
Amount count_layers(const Model& model) {
  Amount sum;
  for (const LayerWeights& layer : model.layers) {
    for (const auto* matrix :
         {&layer.q, &layer.k, &layer.v, &layer.o, &layer.gate, &layer.up, &layer.down}) {
      add_matrix(**matrix, sum);
    }
  }
  return sum;
}

}  // namespace

double measure_work(const Model& model, const BenchWork& work, int rounds,
                    const std::function<void(std::size_t, std::size_t)>& on_round) {
  std::vector<KvCache> caches;
  if (!work.is_prefill) caches = filled_caches(model, work);
  const std::vector<int> ids = some_ids(work.tokens, model.config.vocab);
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < rounds; ++i) {
    best = std::min(best, work.is_prefill ? prefill_seconds(model, ids)
                                          : decode_seconds(model, caches, work.tokens));
    if (on_round) on_round(static_cast<std::size_t>(i) + 1, static_cast<std::size_t>(rounds));
  }
  return best;
}

WorkSize count_work(const Model& model, const BenchWork& work) {
  const ModelConfig& c = model.config;
  const Amount layers = count_layers(model);
  Amount head;
  add_matrix(model.head(), head);
  const auto tokens = static_cast<double>(work.tokens), rows = static_cast<double>(work.rows);
  // Positions that all tokens of one row look at, together: depth + 1, depth + 2, ...
  const double seen = tokens * static_cast<double>(work.depth) + tokens * (tokens + 1) / 2;
  const double attention = static_cast<double>(4 * c.n_layers * c.attention.q_size()) * seen;
  const auto kv = static_cast<double>(2 * c.n_layers * c.attention.kv_size() *
                                      kv_type_bytes(model.kv_type));  // bytes of a position

  if (work.is_prefill) {
    const auto passes = static_cast<double>((work.tokens + kPrefillChunk - 1) / kPrefillChunk);
    return {tokens, passes * layers.bytes + head.bytes + tokens * kv,
            2 * (tokens * layers.weights + head.weights) + attention};
  }
  return {rows * tokens, tokens * (layers.bytes + head.bytes) + rows * seen * kv,
          rows * (2 * tokens * (layers.weights + head.weights) + attention)};
}

}  // namespace tokenwalk
