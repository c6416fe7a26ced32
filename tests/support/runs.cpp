#include "tests/support/runs.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "chapters/04_transformer/forward_full.h"

namespace tokenwalk {
namespace {

bool same_bits(float a, float b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

}  // namespace

RunResult run_full(const Model& model, std::span<const int> ids) {
  FullForward full = forward_full(model, ids, LogitRows::kAll);
  RunResult run;
  run.logits = std::move(full.logits);
  for (const auto& layer : full.kv) append_kv(model, *layer, ids.size(), run.kv);
  return run;
}

void append_kv(const Model& model, const LayerKv& kv, std::size_t n, std::vector<float>& all) {
  const std::size_t size = model.config.attention.kv_size();
  for (std::size_t t = 0; t < n; ++t) {
    const std::size_t at = all.size();
    all.resize(at + 2 * size);
    model.kernels->kv_read(kv, t, all.data() + at, all.data() + at + size);
  }
}

std::string show_bits(float value) {
  char text[64];
  std::snprintf(text, sizeof text, "0x%08x (%.9g)", std::bit_cast<std::uint32_t>(value),
                static_cast<double>(value));
  return text;
}

std::string describe_difference(const std::string& what, std::size_t width,
                                std::span<const float> expected, std::span<const float> got) {
  if (expected.size() != got.size()) {
    return what + ": " + std::to_string(got.size()) + " numbers, expected " +
           std::to_string(expected.size());
  }
  std::optional<std::size_t> first;
  std::size_t differ = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (same_bits(expected[i], got[i])) continue;
    if (!first) first = i;
    ++differ;
  }
  if (!first) return "";
  return what + ": " + std::to_string(differ) + " of " + std::to_string(got.size()) +
         " differ, first in row " + std::to_string(*first / width) + " at " +
         std::to_string(*first % width) + ": expected " + show_bits(expected[*first]) + ", got " +
         show_bits(got[*first]);
}

std::string describe_difference(const ModelConfig& config, const RunResult& expected,
                                const RunResult& got) {
  const std::string logits =
      describe_difference("logits", config.vocab, expected.logits, got.logits);
  if (!logits.empty()) return logits;
  return describe_difference("K and V (rows: layer, position)", 2 * config.attention.kv_size(),
                             expected.kv, got.kv);
}

}  // namespace tokenwalk
