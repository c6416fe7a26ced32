#pragma once

#include <memory>
#include <span>
#include <vector>

#include "lib/model/model.h"

namespace tokenwalk {

/// Which rows of logits a forward pass computes.
enum class LogitRows { kLast, kAll };

/// What a full forward pass leaves behind.
struct FullForward {
  std::vector<float> logits;                 ///< [1 or n_tokens, vocab]
  std::vector<std::unique_ptr<LayerKv>> kv;  ///< K and V of each layer, positions 0 .. n_tokens - 1
};

/// From ids to logits, everything computed from nothing: the oracle that the cached forward of
/// chapter 06 must equal in every bit. Row t of the logits predicts the token after ids[t].
/// ids: at least one, each from 0 to vocab - 1.
FullForward forward_full(const Model& model, std::span<const int> ids, LogitRows rows);

}  // namespace tokenwalk
