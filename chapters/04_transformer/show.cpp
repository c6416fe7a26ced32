#include "chapters/04_transformer/show.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "chapters/04_transformer/layers.h"
#include "lib/base/check.h"
#include "lib/base/dot.h"
#include "lib/base/format.h"

namespace tokenwalk {
namespace {

std::string format_step(const TraceKernels::Step& step, const char* indent) {
  return format("%s%-12s %-26s -> %s\n", indent, step.name.c_str(), step.in.c_str(),
                step.out.c_str());
}

}  // namespace

std::vector<float> attention_weights(const KernelSet& kernels, AttentionShape shape,
                                     std::span<const float> queries, const LayerKv& kv,
                                     std::size_t head) {
  const std::size_t n = queries.size() / shape.q_size();
  const std::size_t kv_head = head / (shape.n_heads / shape.n_kv_heads);
  const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(shape.head_dim)));
  std::vector<float> k(shape.kv_size()), v(shape.kv_size());  // [n_kv_heads, head_dim]
  std::vector<float> weights(n * n);                          // [n, n]
  for (std::size_t t = 0; t < n; ++t) {
    const std::span<float> row = {weights.data() + t * n, t + 1};
    for (std::size_t j = 0; j <= t; ++j) {
      kernels.kv_read(kv, j, k.data(), v.data());
      row[j] = dot({k.data() + kv_head * shape.head_dim, shape.head_dim},
                   queries.subspan(t * shape.q_size() + head * shape.head_dim, shape.head_dim)) *
               scale;
    }
    const float one_over_sum = exponentials_in_place(row);
    for (float& weight : row) weight *= one_over_sum;
  }
  return weights;
}

std::string format_attention(std::span<const float> weights, std::vector<std::string> labels) {
  const std::size_t n = labels.size();
  CHECK_EQ(weights.size(), n * n);
  for (std::string& label : labels) {
    if (label.rfind(' ', 0) == 0) label.erase(0, 1);
  }
  std::string text = format("  %-8s", "");
  for (const std::string& label : labels) text += format(" %7s", label.c_str());
  text += format("   %7s\n", "sum");
  for (std::size_t t = 0; t < n; ++t) {
    const std::span<const float> row = weights.subspan(t * n, n);
    text += format("  %-8s", labels[t].c_str());
    for (std::size_t j = 0; j < n; ++j)
      text += j <= t ? format(" %7.4f", row[j]) : format("%8s", "");
    text += format("   %7.4f\n", std::accumulate(row.begin(), row.end(), 0.0));
  }
  return text;
}

std::string format_steps(const std::vector<TraceKernels::Step>& steps, std::size_t n_layers) {
  // embed, the layers, the last norm, the head
  const std::size_t per_layer = (steps.size() - 3) / n_layers;
  CHECK_EQ(steps.size(), 3 + n_layers * per_layer);
  std::string text = format_step(steps[0], "  ") + "  layer 0\n";
  for (std::size_t i = 1; i < 1 + n_layers * per_layer; ++i) {
    if (i <= per_layer) text += format_step(steps[i], "    ");
    CHECK(steps[i] == steps[1 + (i - 1) % per_layer]);
  }
  text += format("  layers 1 to %zu: the same %zu steps each\n", n_layers - 1, per_layer);
  return text + format_step(steps[steps.size() - 2], "  ") + format_step(steps.back(), "  ");
}

std::string format_vector(std::span<const float> values) {
  std::string text;
  for (const float value : values) text += format("%s%.4f", text.empty() ? "" : ", ", value);
  return "(" + text + ")";
}

std::vector<int> best_ids(std::span<const float> logits, std::size_t n) {
  std::vector<int> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto better = [logits](int a, int b) {
    const float x = logits[static_cast<std::size_t>(a)], y = logits[static_cast<std::size_t>(b)];
    if (std::isnan(x) != std::isnan(y)) return std::isnan(y);
    return x > y || (!(x < y) && a < b);
  };
  n = std::min(n, ids.size());
  std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(n), ids.end(), better);
  ids.resize(n);
  return ids;
}

}  // namespace tokenwalk
