#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/model/model.h"

namespace tokenwalk {

/// All that a forward pass over some tokens leaves behind.
struct RunResult {
  std::vector<float> logits;  // [n_tokens, vocab]
  std::vector<float> kv;      // [n_layers, n_tokens, 2, kv_size], K before V
};

/// forward_full over the ids, every row of logits kept.
RunResult run_full(const Model& model, std::span<const int> ids);

/// K and V of the first n positions of a layer, appended to `all`, [n, 2, kv_size].
void append_kv(const Model& model, const LayerKv& kv, std::size_t n, std::vector<float>& all);

/// "" if the two arrays are equal in every bit (any NaN equals any other), else what differs: how
/// many, and the first with both bit patterns. Rows are `width` long; `what` names the array.
std::string describe_difference(const std::string& what, std::size_t width,
                                std::span<const float> expected, std::span<const float> got);

/// The same for logits and K/V of two runs of one model.
std::string describe_difference(const ModelConfig& config, const RunResult& expected,
                                const RunResult& got);

/// 0x3f800000 (1)
std::string show_bits(float value);

}  // namespace tokenwalk
