#include "tests/support/oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "tests/support/oracle_angles.h"

namespace tokenwalk {
namespace {

using Array64 = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Column64 = Eigen::Array<double, Eigen::Dynamic, 1>;

constexpr double kUnit2 = 0x1p-48;  // variance of one rounding, relative: (2^-24)^2
constexpr double kFloor = 1e-40;    // variance of what is below float32's normal numbers

// Roundings between a term of a dot product of n terms and the result: 16 fma in a lane, the sum of
// the lanes, then one addition a block.
double dot_roundings(Eigen::Index n) {
  return 18 + std::ceil(static_cast<double>(n) / 32);
}

// The same for a sum in 16 lanes.
double lane_roundings(Eigen::Index n) {
  return 5 + std::ceil(static_cast<double>(n) / 16);
}

struct Weights {
  const WeightSource& source;

  Matrix64 matrix(const std::string& name, std::size_t n_rows, std::size_t n_cols) const {
    const std::vector<float> values = source(name, n_rows, n_cols);
    const auto rows = static_cast<Eigen::Index>(n_rows);
    const auto cols = static_cast<Eigen::Index>(std::max<std::size_t>(n_cols, 1));
    using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const Floats>(values.data(), rows, cols).cast<double>();
  }

  // As a row, [1, n].
  Array64 vector(const std::string& name, std::size_t n) const {
    return matrix(name, n, 0).transpose().array();
  }
};

// The variance that summing by blocks adds to x W^T.
Matrix64 dot_variance(const Matrix64& x, const Matrix64& w, const Matrix64& y) {
  const Matrix64 terms = x.cwiseAbs2() * w.cwiseAbs2().transpose();
  return kUnit2 * dot_roundings(w.cols()) * (terms + y.cwiseAbs2());
}

// x W^T. x [n, n_in], w [n_out, n_in].
Uncertain linear(const Uncertain& x, const Matrix64& w) {
  Uncertain y;
  y.value = x.value * w.transpose();
  y.variance = x.variance * w.cwiseAbs2().transpose() + dot_variance(x.value, w, y.value);
  y.variance.array() += kFloor;
  return y;
}

// The same bias [1, n_out] added to every row.
Uncertain add_bias(Uncertain y, const Array64& bias) {
  y.value.array() += bias.replicate(y.value.rows(), 1);
  y.variance += kUnit2 * y.value.cwiseAbs2();
  return y;
}

Uncertain add(const Uncertain& x, const Uncertain& y) {
  Uncertain sum;
  sum.value = x.value + y.value;
  sum.variance = x.variance + y.variance + kUnit2 * sum.value.cwiseAbs2();
  return sum;
}

// Every row of x divided by the root of its mean square, times weight. weight [1, n].
//     y_i = w_i r x_i,  dy_i = w_i r (dx_i - x_i r^2 / n * sum of x_k dx_k)
Uncertain rms_norm(const Uncertain& x, const Array64& weight, double eps) {
  const Array64 v = x.value.array(), variance = x.variance.array();
  const double n = static_cast<double>(v.cols());
  const Column64 r2 = 1 / (v.square().rowwise().mean() + eps);
  const Column64 r = r2.sqrt();
  const Column64 of_r = (r2 / n).square() * (v.square() * variance).rowwise().sum() +
                        kUnit2 * (lane_roundings(v.cols()) + 3);
  const Array64 weights = weight.replicate(v.rows(), 1);

  Uncertain y;
  y.value = (v.colwise() * r) * weights;
  y.variance = ((variance + v.square().colwise() * of_r).colwise() * r2) * weights.square() +
               2 * kUnit2 * y.value.array().square();
  return y;
}

Uncertain reshape(const Uncertain& x, Eigen::Index rows, Eigen::Index cols) {
  return {Eigen::Map<const Matrix64>(x.value.data(), rows, cols),
          Eigen::Map<const Matrix64>(x.variance.data(), rows, cols)};
}

// The norm of every head by itself. weight [1, head_dim].
Uncertain norm_heads(const Uncertain& x, const Array64& weight, double eps) {
  const Uncertain heads = reshape(x, x.value.size() / weight.cols(), weight.cols());
  return reshape(rms_norm(heads, weight, eps), x.value.rows(), x.value.cols());
}

// The pair (a, b) turned by an angle that was rounded `roundings` times before its cosine is taken.
void turn_pair(double angle, double roundings, double& a, double& b, double& a_variance,
               double& b_variance) {
  const double c = std::cos(angle), s = std::sin(angle);
  const double c2 = c * c, s2 = s * s, size2 = a * a + b * b;
  const double added = kUnit2 * size2 * (roundings * angle * angle + 3);
  const double first = a * c - b * s, second = b * c + a * s;
  const double first_variance = c2 * a_variance + s2 * b_variance + added;
  const double second_variance = c2 * b_variance + s2 * a_variance + added;
  a = first, b = second, a_variance = first_variance, b_variance = second_variance;
}

// Turns the pairs (i, i + head_dim / 2) of every head of row t by t times their frequency.
Uncertain turn(const ModelConfig& c, Uncertain x) {
  const auto head_dim = static_cast<Eigen::Index>(c.attention.head_dim);
  const Eigen::Index half = head_dim / 2;
  const double roundings = angle_roundings(c.rope_scaling);
  for (Eigen::Index i = 0; i < half; ++i) {
    const double frequency = rotary_frequency(c, static_cast<std::size_t>(i));
    for (Eigen::Index t = 0; t < x.value.rows(); ++t) {
      for (Eigen::Index at = i; at < x.value.cols(); at += head_dim) {
        turn_pair(static_cast<double>(t) * frequency, roundings, x.value(t, at),
                  x.value(t, at + half), x.variance(t, at), x.variance(t, at + half));
      }
    }
  }
  return x;
}

// Attention of one query [1, head_dim] over the rows of keys and values: [1, head_dim].
//     dp_j = p_j (ds_j - sum of p_i ds_i)
Uncertain attend(const Uncertain& q, const Uncertain& keys, const Uncertain& values) {
  const Eigen::Index n = keys.value.rows();
  const double scale = 1 / std::sqrt(static_cast<double>(q.value.cols()));
  const Uncertain products = linear(q, keys.value);
  const Array64 scores = scale * products.value.array();
  const Array64 from_keys = q.value.cwiseAbs2() * keys.variance.transpose();
  const Array64 score_variance =
      scale * scale * (products.variance.array() + from_keys) + 2 * kUnit2 * scores.square();

  const Array64 shifted = scores - scores.maxCoeff();
  const Array64 e = shifted.exp();
  const Array64 p = e / e.sum();
  // The difference from the maximum and exp (0.64 ulp) round; then the sum, division and product.
  const Array64 of_e = score_variance + kUnit2 * (shifted.square() + 2);
  const double of_sum = (p.square() * of_e).sum() + kUnit2 * (lane_roundings(n) + 2);
  const Array64 p_variance = p.square() * (of_e + of_sum);

  const Matrix64 columns = values.value.transpose();
  Uncertain out;
  out.value = p.matrix() * values.value;
  out.variance = p_variance.matrix() * values.value.cwiseAbs2() +
                 p.square().matrix() * values.variance + dot_variance(p, columns, out.value);
  return out;
}

// Rows first_row .. first_row + n - 1 of one head.
Uncertain head_of(const Uncertain& x, Eigen::Index first_row, Eigen::Index n, Eigen::Index head,
                  Eigen::Index head_dim) {
  return {x.value.block(first_row, head * head_dim, n, head_dim),
          x.variance.block(first_row, head * head_dim, n, head_dim)};
}

Uncertain attend_all(const ModelConfig& c, const Uncertain& q, const Uncertain& k,
                     const Uncertain& v) {
  const auto head_dim = static_cast<Eigen::Index>(c.attention.head_dim);
  const auto n_heads = static_cast<Eigen::Index>(c.attention.n_heads);
  const Eigen::Index group = n_heads / static_cast<Eigen::Index>(c.attention.n_kv_heads);
  Uncertain out = q;
  for (Eigen::Index t = 0; t < q.value.rows(); ++t) {
    for (Eigen::Index h = 0; h < n_heads; ++h) {
      const Uncertain mixed =
          attend(head_of(q, t, 1, h, head_dim), head_of(k, 0, t + 1, h / group, head_dim),
                 head_of(v, 0, t + 1, h / group, head_dim));
      out.value.block(t, h * head_dim, 1, head_dim) = mixed.value;
      out.variance.block(t, h * head_dim, 1, head_dim) = mixed.variance;
    }
  }
  return out;
}

// silu(gate) * up
Uncertain swiglu(const Uncertain& gate, const Uncertain& up) {
  const Array64 g = gate.value.array(), u = up.value.array();
  const Array64 sigmoid = 1 / (1 + (-g).exp());
  const Array64 silu = g * sigmoid;
  const Array64 slope = sigmoid * (1 + g * (1 - sigmoid));
  Uncertain y;
  y.value = silu * u;
  y.variance = (slope * u).square() * gate.variance.array() + silu.square() * up.variance.array() +
               6 * kUnit2 * y.value.array().square() + kFloor;
  return y;
}

Uncertain embed(const Matrix64& table, std::span<const int> ids) {
  Uncertain x;
  x.value.resize(static_cast<Eigen::Index>(ids.size()), table.cols());
  x.variance = Matrix64::Zero(x.value.rows(), x.value.cols());
  for (std::size_t t = 0; t < ids.size(); ++t) {
    x.value.row(static_cast<Eigen::Index>(t)) = table.row(ids[t]);
  }
  return x;
}

// One transformer block; appends its keys and values to the result.
Uncertain run_block(const ModelConfig& c, const Weights& weights, std::size_t index,
                    const Uncertain& x, OracleResult& result) {
  const std::string name = "model.layers." + std::to_string(index) + ".";
  const auto project = [&](const Uncertain& in, const char* part, std::size_t n_out, bool bias) {
    const auto n_in = static_cast<std::size_t>(in.value.cols());
    const Uncertain y = linear(in, weights.matrix(name + part + ".weight", n_out, n_in));
    return bias ? add_bias(y, weights.vector(name + part + ".bias", n_out)) : y;
  };
  const auto norm = [&](const char* part, std::size_t n) {
    return weights.vector(name + part + ".weight", n);
  };
  const std::size_t q_size = c.attention.q_size(), kv_size = c.attention.kv_size();

  const Uncertain h = rms_norm(x, norm("input_layernorm", c.hidden), c.rms_eps);
  Uncertain q = project(h, "self_attn.q_proj", q_size, c.qkv_bias);
  Uncertain k = project(h, "self_attn.k_proj", kv_size, c.qkv_bias);
  const Uncertain v = project(h, "self_attn.v_proj", kv_size, c.qkv_bias);
  if (c.qk_norm) {
    q = norm_heads(q, norm("self_attn.q_norm", c.attention.head_dim), c.rms_eps);
    k = norm_heads(k, norm("self_attn.k_norm", c.attention.head_dim), c.rms_eps);
  }
  q = turn(c, q);
  k = turn(c, k);
  const Uncertain mixed = attend_all(c, q, k, v);
  const Uncertain middle = add(x, project(mixed, "self_attn.o_proj", c.hidden, c.o_bias));
  result.keys.push_back(k);
  result.values.push_back(v);

  const Uncertain m = rms_norm(middle, norm("post_attention_layernorm", c.hidden), c.rms_eps);
  const Uncertain product = swiglu(project(m, "mlp.gate_proj", c.intermediate, c.mlp_bias),
                                   project(m, "mlp.up_proj", c.intermediate, c.mlp_bias));
  return add(middle, project(product, "mlp.down_proj", c.hidden, c.mlp_bias));
}

}  // namespace

OracleResult oracle_forward(const ModelConfig& c, const WeightSource& source,
                            std::span<const int> ids) {
  const Weights weights{source};
  const Matrix64 table = weights.matrix("model.embed_tokens.weight", c.vocab, c.hidden);
  OracleResult result;
  Uncertain x = embed(table, ids);
  for (std::size_t i = 0; i < c.n_layers; ++i) x = run_block(c, weights, i, x, result);
  x = rms_norm(x, weights.vector("model.norm.weight", c.hidden), c.rms_eps);
  result.logits =
      linear(x, c.tied_head ? table : weights.matrix("lm_head.weight", c.vocab, c.hidden));
  return result;
}

double worst_deviations(const Uncertain& want, std::span<const float> got) {
  if (static_cast<Eigen::Index>(got.size()) != want.value.size()) {
    throw std::runtime_error("the oracle's result has another size");
  }
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    const double off =
        std::abs(got[i] - want.value.data()[at]) / std::sqrt(want.variance.data()[at]);
    worst = std::isnan(off) ? std::numeric_limits<double>::infinity() : std::max(worst, off);
  }
  return worst;
}

}  // namespace tokenwalk
