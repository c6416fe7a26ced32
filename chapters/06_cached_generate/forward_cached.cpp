#include "chapters/06_cached_generate/forward_cached.h"

#include <algorithm>
#include <map>

#include "lib/base/check.h"

namespace tokenwalk {
namespace {

// Buffers of one call; every layer uses them again.
struct Workspace {
  Workspace(const ModelConfig& c, std::size_t n)
      : x(n * c.hidden),
        h(n * c.hidden),
        q(n * c.attention.q_size()),
        k(n * c.attention.kv_size()),
        v(n * c.attention.kv_size()),
        mixed(n * c.attention.q_size()),
        gate(n * c.intermediate),
        up(n * c.intermediate) {}

  std::vector<float> x;         // [n, hidden], the residual stream
  std::vector<float> h;         // [n, hidden], normed, or what a block adds
  std::vector<float> q;         // [n, n_heads, head_dim]
  std::vector<float> k, v;      // [n, n_kv_heads, head_dim]
  std::vector<float> mixed;     // [n, n_heads, head_dim]
  std::vector<float> gate, up;  // [n, intermediate]
};

// Every row must continue its cache; the tables reach as far as the rows.
void check_rows(const ModelConfig& config, std::span<const ForwardRow> rows) {
  std::map<const KvCache*, std::size_t> next;  // the position each cache expects
  for (const ForwardRow& row : rows) {
    CHECK_GE(row.id, 0);
    CHECK_LT(static_cast<std::size_t>(row.id), config.vocab);
    const auto expected = next.emplace(row.cache, row.cache->length()).first;
    CHECK_EQ(row.position, expected->second);
    row.cache->reach(++expected->second);
  }
}

//! [06-append]
// Rotates q and k of every row and appends k and v to the caches.
void append_to_caches(const Model& model, std::size_t layer_index, std::span<const ForwardRow> rows,
                      Workspace& w) {
  const AttentionShape shape = model.config.attention;
  const KernelSet& kernels = *model.kernels;
  // BEGIN SOLUTION 06.3
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const ForwardRow& row = rows[r];
    const RotaryRow angles = row.cache->angles(row.position);
    float* k = w.k.data() + r * shape.kv_size();
    kernels.rotate(w.q.data() + r * shape.q_size(), shape.n_heads, shape.head_dim, angles);
    kernels.rotate(k, shape.n_kv_heads, shape.head_dim, angles);
    kernels.kv_write(row.cache->layer(layer_index), row.position, k,
                     w.v.data() + r * shape.kv_size());
  }
  // END SOLUTION
}
//! [06-append]

//! [06-attend]
// Each row looks back over its own cache, as far as its own position.
void attend_to_caches(const Model& model, std::size_t layer_index, std::span<const ForwardRow> rows,
                      Workspace& w) {
  const AttentionShape shape = model.config.attention;
  std::vector<AttendRow> attend_rows;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    attend_rows.push_back({w.q.data() + r * shape.q_size(), &rows[r].cache->layer(layer_index),
                           rows[r].position, w.mixed.data() + r * shape.q_size()});
  }
  model.kernels->attend(shape, attend_rows);
}
//! [06-attend]

// Plus the bias of n rows; an empty one adds nothing.
void add_bias(const KernelSet& kernels, const std::vector<float>& bias, std::size_t n,
              std::vector<float>& y) {
  if (bias.empty()) return;
  for (std::size_t r = 0; r < n; ++r) {
    kernels.add(y.data() + r * bias.size(), bias.data(), bias.size());
  }
}

// x = x + O attention(Q, K, V).
void run_attention(const Model& model, std::size_t index, std::span<const ForwardRow> rows,
                   Workspace& w) {
  const ModelConfig& c = model.config;
  const KernelSet& kernels = *model.kernels;
  const LayerWeights& layer = model.layers[index];
  const std::size_t n = rows.size();

  kernels.rmsnorm(w.x.data(), layer.attention_norm, c.rms_eps, n, w.h.data());
  const Projection qkv[] = {
      {layer.q.get(), w.q.data()}, {layer.k.get(), w.k.data()}, {layer.v.get(), w.v.data()}};
  kernels.matmul_all(qkv, w.h.data(), n);
  add_bias(kernels, layer.q_bias, n, w.q);
  add_bias(kernels, layer.k_bias, n, w.k);
  add_bias(kernels, layer.v_bias, n, w.v);
  if (c.qk_norm) {
    const AttentionShape& a = c.attention;
    kernels.rmsnorm(w.q.data(), layer.q_norm, c.rms_eps, n * a.n_heads, w.q.data());
    kernels.rmsnorm(w.k.data(), layer.k_norm, c.rms_eps, n * a.n_kv_heads, w.k.data());
  }
  append_to_caches(model, index, rows, w);
  attend_to_caches(model, index, rows, w);
  kernels.matmul(*layer.o, w.mixed.data(), n, w.h.data());
  add_bias(kernels, layer.o_bias, n, w.h);
  kernels.add(w.x.data(), w.h.data(), w.x.size());
}

// x = x + down(silu(gate h) * (up h)).
void run_mlp(const Model& model, std::size_t index, std::size_t n, Workspace& w) {
  const KernelSet& kernels = *model.kernels;
  const LayerWeights& layer = model.layers[index];

  kernels.rmsnorm(w.x.data(), layer.mlp_norm, model.config.rms_eps, n, w.h.data());
  const Projection gate_up[] = {{layer.gate.get(), w.gate.data()}, {layer.up.get(), w.up.data()}};
  kernels.matmul_all(gate_up, w.h.data(), n);
  add_bias(kernels, layer.gate_bias, n, w.gate);
  add_bias(kernels, layer.up_bias, n, w.up);
  kernels.silu_gate(w.gate.data(), w.up.data(), w.gate.size());
  kernels.matmul(*layer.down, w.gate.data(), n, w.h.data());
  add_bias(kernels, layer.down_bias, n, w.h);
  kernels.add(w.x.data(), w.h.data(), w.x.size());
}

// Logits of the rows that want them: their rows of x are moved to the front, normed, multiplied.
std::vector<float> wanted_logits(const Model& model, std::span<const ForwardRow> rows,
                                 Workspace& w) {
  const ModelConfig& c = model.config;
  std::size_t n_wanted = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (!rows[r].wants_logits) continue;
    std::copy_n(w.x.data() + r * c.hidden, c.hidden, w.h.data() + n_wanted++ * c.hidden);
  }
  std::vector<float> logits(n_wanted * c.vocab);  // [n_wanted, vocab]
  if (n_wanted == 0) return logits;
  model.kernels->rmsnorm(w.h.data(), model.final_norm, c.rms_eps, n_wanted, w.h.data());
  model.kernels->matmul(model.head(), w.h.data(), n_wanted, logits.data());
  return logits;
}

// The same by a device that runs whole passes: chapter 14.
std::vector<float> run_whole_pass(const Model& model, std::span<const ForwardRow> rows) {
  std::vector<PassRow> pass_rows;
  for (const ForwardRow& row : rows) {
    pass_rows.push_back({row.id, row.position, row.cache->layers(), row.wants_logits});
  }
  std::vector<float> logits = model.pass->run(model, pass_rows);
  for (const ForwardRow& row : rows) row.cache->advance();
  return logits;
}

}  // namespace

//! [06-forward-cached]
std::vector<float> forward_cached(const Model& model, std::span<const ForwardRow> rows) {
  check_rows(model.config, rows);
  if (model.pass) return run_whole_pass(model, rows);
  const std::size_t hidden = model.config.hidden;
  Workspace w(model.config, rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    model.kernels->unpack_row(*model.embedding, static_cast<std::size_t>(rows[r].id),
                              {w.x.data() + r * hidden, hidden});
  }
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    run_attention(model, i, rows, w);
    run_mlp(model, i, rows.size(), w);
  }
  for (const ForwardRow& row : rows) row.cache->advance();
  return wanted_logits(model, rows, w);
}
//! [06-forward-cached]

}  // namespace tokenwalk
