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

// y = x W^T + bias for n rows; an empty bias: y = x W^T.
void multiply_add(const KernelSet& kernels, const Matrix& w, const std::vector<float>& bias,
                  const std::vector<float>& x, std::size_t n, std::vector<float>& y) {
  kernels.matmul(w, x.data(), n, y.data());
  if (bias.empty()) return;
  for (std::size_t r = 0; r < n; ++r) kernels.add(y.data() + r * w.n_out, bias.data(), w.n_out);
}

void run_layer(const Model& model, std::size_t index, std::span<const ForwardRow> rows,
               Workspace& w) {
  const ModelConfig& c = model.config;
  const KernelSet& kernels = *model.kernels;
  const LayerWeights& layer = model.layers[index];
  const std::size_t n = rows.size();

  kernels.rmsnorm(w.x.data(), layer.attention_norm, c.rms_eps, n, w.h.data());
  multiply_add(kernels, *layer.q, layer.q_bias, w.h, n, w.q);
  multiply_add(kernels, *layer.k, layer.k_bias, w.h, n, w.k);
  multiply_add(kernels, *layer.v, layer.v_bias, w.h, n, w.v);
  if (c.qk_norm) {
    const AttentionShape& a = c.attention;
    kernels.rmsnorm(w.q.data(), layer.q_norm, c.rms_eps, n * a.n_heads, w.q.data());
    kernels.rmsnorm(w.k.data(), layer.k_norm, c.rms_eps, n * a.n_kv_heads, w.k.data());
  }
  append_to_caches(model, index, rows, w);
  attend_to_caches(model, index, rows, w);
  multiply_add(kernels, *layer.o, layer.o_bias, w.mixed, n, w.h);
  kernels.add(w.x.data(), w.h.data(), w.x.size());

  kernels.rmsnorm(w.x.data(), layer.mlp_norm, c.rms_eps, n, w.h.data());
  multiply_add(kernels, *layer.gate, layer.gate_bias, w.h, n, w.gate);
  multiply_add(kernels, *layer.up, layer.up_bias, w.h, n, w.up);
  kernels.silu_gate(w.gate.data(), w.up.data(), w.gate.size());
  multiply_add(kernels, *layer.down, layer.down_bias, w.gate, n, w.h);
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
  for (std::size_t i = 0; i < model.layers.size(); ++i) run_layer(model, i, rows, w);
  for (const ForwardRow& row : rows) row.cache->advance();
  return wanted_logits(model, rows, w);
}
//! [06-forward-cached]

}  // namespace tokenwalk
