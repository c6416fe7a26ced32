#include "chapters/04_transformer/layers.h"

#include <algorithm>
#include <cmath>

#include "lib/base/dot.h"
#include "lib/base/lanes.h"
#include "lib/base/math.h"

namespace tokenwalk {

//! [04-embed]
void embed(MatrixView table, int id, std::span<float> x) {
  // BEGIN SOLUTION 04.1
  read_row(table.row(static_cast<std::size_t>(id)), x);
  // END SOLUTION
}
//! [04-embed]

//! [04-rmsnorm]
void rmsnorm(std::span<const float> x, std::span<const float> weight, float eps,
             std::span<float> y) {
  // BEGIN SOLUTION 04.2
  float lane[kLanes] = {};
  for (std::size_t k = 0; k < x.size(); ++k) {
    float& sum = lane[k % kLanes];
    sum = std::fma(x[k], x[k], sum);
  }
  const float mean = tree_sum(lane) / static_cast<float>(x.size());
  const float r = 1.0f / std::sqrt(mean + eps);
  for (std::size_t k = 0; k < x.size(); ++k) y[k] = (x[k] * r) * weight[k];
  // END SOLUTION
}
//! [04-rmsnorm]

//! [04-linear]
void linear(MatrixView w, std::span<const float> x, std::span<float> y) {
  const Activations rounded(x, w.format);  // float32 weights: x as it is
  for (std::size_t o = 0; o < w.n_rows; ++o) y[o] = dot(w.row(o), rounded);
}
//! [04-linear]

//! [04-rotary-angles]
std::vector<float> rotary_frequencies(std::size_t head_dim, double theta) {
  std::vector<float> frequencies(head_dim / 2);
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const double exponent = static_cast<double>(2 * i) / static_cast<double>(head_dim);
    frequencies[i] = 1.0f / static_cast<float>(math::pow(theta, exponent));
  }
  return frequencies;
}

void rotary_angles(std::size_t position, std::span<const float> frequencies,
                   std::span<float> cosines, std::span<float> sines) {
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const float angle = static_cast<float>(position) * frequencies[i];
    cosines[i] = math::cos(angle);
    sines[i] = math::sin(angle);
  }
}
//! [04-rotary-angles]

//! [04-rotate-head]
void rotate_head(std::span<float> head, std::span<const float> cosines,
                 std::span<const float> sines) {
  // BEGIN SOLUTION 04.3
  const std::size_t half = head.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const float x1 = head[i];
    const float x2 = head[i + half];
    head[i] = std::fma(x1, cosines[i], -(x2 * sines[i]));
    head[i + half] = std::fma(x2, cosines[i], x1 * sines[i]);
  }
  // END SOLUTION
}
//! [04-rotate-head]

//! [04-exponentials]
float exponentials_in_place(std::span<float> scores) {
  const float max = *std::max_element(scores.begin(), scores.end());
  float lane[kLanes] = {};
  for (std::size_t j = 0; j < scores.size(); ++j) {
    scores[j] = math::exp(scores[j] - max);
    lane[j % kLanes] += scores[j];
  }
  return 1.0f / tree_sum(lane);
}
//! [04-exponentials]

//! [04-attend-head]
void attend_head(std::span<const float> q, HeadView keys, HeadView values, std::size_t n_positions,
                 std::span<float> out) {
  // BEGIN SOLUTION 04.4
  const std::size_t head_dim = q.size();
  const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(head_dim)));
  std::vector<float> scores(n_positions);
  for (std::size_t j = 0; j < n_positions; ++j) {
    scores[j] = dot({keys.data + j * keys.stride, head_dim}, q) * scale;
  }
  const float one_over_sum = exponentials_in_place(scores);
  for (std::size_t d = 0; d < head_dim; ++d) {
    out[d] = dot_column(values.data + d, values.stride, scores) * one_over_sum;
  }
  // END SOLUTION
}
//! [04-attend-head]

//! [04-attend-grouped]
void attend_grouped(AttentionShape shape, const float* q, const float* keys, const float* values,
                    std::size_t n_positions, float* out) {
  // BEGIN SOLUTION 04.5
  const std::size_t heads_per_kv = shape.n_heads / shape.n_kv_heads;
  for (std::size_t h = 0; h < shape.n_heads; ++h) {
    const std::size_t offset = h / heads_per_kv * shape.head_dim;  // of its K/V head in a row
    attend_head({q + h * shape.head_dim, shape.head_dim}, {keys + offset, shape.kv_size()},
                {values + offset, shape.kv_size()}, n_positions,
                {out + h * shape.head_dim, shape.head_dim});
  }
  // END SOLUTION
}
//! [04-attend-grouped]

//! [04-silu-gate]
void silu_gate(std::span<float> gate, std::span<const float> up) {
  // BEGIN SOLUTION 04.6
  for (std::size_t i = 0; i < gate.size(); ++i) {
    const float g = gate[i];
    gate[i] = (g / (1.0f + math::exp(-g))) * up[i];
  }
  // END SOLUTION
}
//! [04-silu-gate]

//! [04-add]
void add(std::span<float> x, std::span<const float> y) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] + y[i];
}
//! [04-add]

}  // namespace tokenwalk
