#include "chapters/04_transformer/known_wrong.h"

#include <cmath>
#include <vector>

#include "lib/base/dot.h"
#include "lib/base/lanes.h"
#include "lib/base/math.h"

namespace tokenwalk {

void rotate_head_neighbours(std::span<float> head, std::span<const float> cosines,
                            std::span<const float> sines) {
  for (std::size_t i = 0; i < head.size() / 2; ++i) {
    const float x1 = head[2 * i];
    const float x2 = head[2 * i + 1];
    head[2 * i] = std::fma(x1, cosines[i], -(x2 * sines[i]));
    head[2 * i + 1] = std::fma(x2, cosines[i], x1 * sines[i]);
  }
}

//! [04-wrong-groups]
void attend_grouped_modulo(AttentionShape shape, const float* q, const float* keys,
                           const float* values, std::size_t n_positions, float* out) {
  for (std::size_t h = 0; h < shape.n_heads; ++h) {
    const std::size_t offset = h % shape.n_kv_heads * shape.head_dim;
    attend_head({q + h * shape.head_dim, shape.head_dim}, {keys + offset, shape.kv_size()},
                {values + offset, shape.kv_size()}, n_positions,
                {out + h * shape.head_dim, shape.head_dim});
  }
}
//! [04-wrong-groups]

//! [04-wrong-mask]
void attend_head_multiplying(std::span<const float> q, HeadView keys, HeadView values,
                             std::size_t n_positions, std::size_t n_stored, std::span<float> out) {
  const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(q.size())));
  std::vector<float> e(n_stored);  // [n_stored]
  float lane[kLanes] = {};
  for (std::size_t j = 0; j < n_stored; ++j) {
    const float mask = j < n_positions ? 1.0f : 0.0f;
    e[j] = math::exp(dot({keys.data + j * keys.stride, q.size()}, q) * scale) * mask;
    lane[j % kLanes] += e[j];
  }
  const float one_over_sum = 1.0f / tree_sum(lane);
  for (std::size_t d = 0; d < out.size(); ++d) {
    out[d] = dot_column(values.data + d, values.stride, e) * one_over_sum;  // 0 * NaN is NaN
  }
}
//! [04-wrong-mask]

}  // namespace tokenwalk
