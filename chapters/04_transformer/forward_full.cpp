#include "chapters/04_transformer/forward_full.h"

#include "chapters/04_transformer/rotary_table.h"
#include "lib/base/check.h"

namespace tokenwalk {
namespace {

// The activations of a pass and what its steps share.
struct Pass {
  const Model& model;
  const ModelConfig& config;
  const KernelSet& kernels;
  std::size_t n;  // tokens
  RotaryTable rotary;
  std::vector<float> x;  // [n, hidden], the residual stream
};

void embed_all(Pass& pass, std::span<const int> ids) {
  const std::size_t hidden = pass.config.hidden;
  for (std::size_t t = 0; t < pass.n; ++t) {
    const int id = ids[t];
    CHECK_GE(id, 0);
    CHECK_LT(static_cast<std::size_t>(id), pass.config.vocab);
    pass.kernels.unpack_row(*pass.model.embedding, static_cast<std::size_t>(id),
                            {pass.x.data() + t * hidden, hidden});
  }
}

std::vector<float> normed(const Pass& pass, const std::vector<float>& weight) {
  std::vector<float> y(pass.x.size());  // [n, hidden]
  pass.kernels.rmsnorm(pass.x.data(), weight, pass.config.rms_eps, pass.n, y.data());
  return y;
}

// W x for every row, then plus the bias, where the model has one.
std::vector<float> project(const Pass& pass, const Matrix& w, const std::vector<float>& bias,
                           const std::vector<float>& x) {
  std::vector<float> y(pass.n * w.n_out);  // [n, n_out]
  pass.kernels.matmul(w, x.data(), pass.n, y.data());
  for (std::size_t t = 0; t < pass.n && !bias.empty(); ++t) {
    pass.kernels.add(y.data() + t * w.n_out, bias.data(), w.n_out);
  }
  return y;
}

//! [04-norm-and-rotate]
// QK-norm, where the model has it, then the rotation of every head of every row.
void norm_and_rotate(const Pass& pass, std::vector<float>& heads, std::size_t n_heads,
                     const std::vector<float>& norm) {
  const std::size_t head_dim = pass.config.attention.head_dim;
  if (!norm.empty()) {
    pass.kernels.rmsnorm(heads.data(), norm, pass.config.rms_eps, pass.n * n_heads, heads.data());
  }
  for (std::size_t t = 0; t < pass.n; ++t) {
    float* row = heads.data() + t * n_heads * head_dim;  // [n_heads, head_dim]
    pass.kernels.rotate(row, n_heads, head_dim, pass.rotary.row(t));
  }
}
//! [04-norm-and-rotate]

//! [04-attention-block]
// x = x + O attention(Q, K, V); returns K and V.
std::unique_ptr<LayerKv> attention_block(Pass& pass, const LayerWeights& layer) {
  const AttentionShape shape = pass.config.attention;
  const std::vector<float> h = normed(pass, layer.attention_norm);  // [n, hidden]
  std::vector<float> q = project(pass, *layer.q, layer.q_bias, h);  // [n, n_heads * head_dim]
  std::vector<float> k = project(pass, *layer.k, layer.k_bias, h);  // [n, n_kv_heads * head_dim]
  const std::vector<float> v = project(pass, *layer.v, layer.v_bias, h);  // as k
  norm_and_rotate(pass, q, shape.n_heads, layer.q_norm);
  norm_and_rotate(pass, k, shape.n_kv_heads, layer.k_norm);

  std::unique_ptr<LayerKv> kv = pass.kernels.kv_create(shape, pass.model.kv_type);
  std::vector<float> mixed(q.size());  // [n, n_heads * head_dim]
  std::vector<AttendRow> rows;
  for (std::size_t t = 0; t < pass.n; ++t) {
    pass.kernels.kv_write(*kv, t, k.data() + t * shape.kv_size(), v.data() + t * shape.kv_size());
    rows.push_back({q.data() + t * shape.q_size(), kv.get(), t, mixed.data() + t * shape.q_size()});
  }
  pass.kernels.attend(shape, rows);  // row t sees positions 0 .. t
  const std::vector<float> out = project(pass, *layer.o, layer.o_bias, mixed);  // [n, hidden]
  pass.kernels.add(pass.x.data(), out.data(), pass.x.size());
  return kv;
}
//! [04-attention-block]

//! [04-mlp-block]
// x = x + down(silu(gate h) * (up h)).
void mlp_block(Pass& pass, const LayerWeights& layer) {
  const std::vector<float> h = normed(pass, layer.mlp_norm);                 // [n, hidden]
  std::vector<float> gate = project(pass, *layer.gate, layer.gate_bias, h);  // [n, intermediate]
  const std::vector<float> up = project(pass, *layer.up, layer.up_bias, h);  // [n, intermediate]
  pass.kernels.silu_gate(gate.data(), up.data(), gate.size());
  const std::vector<float> out = project(pass, *layer.down, layer.down_bias, gate);  // [n, hidden]
  pass.kernels.add(pass.x.data(), out.data(), pass.x.size());
}
//! [04-mlp-block]

// The last norm and the output head, over all rows or the last alone.
std::vector<float> output_logits(const Pass& pass, LogitRows rows) {
  const ModelConfig& c = pass.config;
  const std::vector<float> h = normed(pass, pass.model.final_norm);  // [n, hidden]
  const std::size_t first = rows == LogitRows::kAll ? 0 : pass.n - 1;
  std::vector<float> logits((pass.n - first) * c.vocab);  // [1 or n, vocab]
  pass.kernels.matmul(pass.model.head(), h.data() + first * c.hidden, pass.n - first,
                      logits.data());
  return logits;
}

}  // namespace

//! [04-forward-full]
FullForward forward_full(const Model& model, std::span<const int> ids, LogitRows rows) {
  CHECK_GE(ids.size(), std::size_t{1});
  const ModelConfig& c = model.config;
  Pass pass{model, c, *model.kernels, ids.size(), RotaryTable(c), {}};
  pass.x.resize(ids.size() * c.hidden);
  pass.rotary.reach(ids.size());

  FullForward result;
  embed_all(pass, ids);
  for (const LayerWeights& layer : model.layers) {
    result.kv.push_back(attention_block(pass, layer));
    mlp_block(pass, layer);
  }
  result.logits = output_logits(pass, rows);
  return result;
}
//! [04-forward-full]

}  // namespace tokenwalk
