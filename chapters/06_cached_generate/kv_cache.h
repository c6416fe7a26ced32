#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "chapters/04_transformer/rotary_table.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// Keys and values of one sequence, for all layers and for positions 0 .. length() - 1. Keys are
/// rotated before they are stored, and only the K/V heads are stored, not the query heads.
///
///     bytes = 2 * n_layers * n_kv_heads * head_dim * b * (length rounded up to kKvBlock)
///
/// with b bytes a number: 4 in float32, 2 where the model's kv_type is f16 or bf16.
/// It belongs to one model, which must outlive it. Not copied by accident: copying is a fork.
class KvCache {
 public:
  explicit KvCache(const Model& model);
  KvCache(const KvCache&) = delete;
  KvCache& operator=(const KvCache&) = delete;
  KvCache(KvCache&&) = default;
  KvCache& operator=(KvCache&&) = default;

  /// Positions held.
  std::size_t length() const { return length_; }

  /// Another cache that holds the same and goes on on its own: chapter 07.
  KvCache fork(const Model& model) const;

  /// Forgets positions from `length` on; their memory stays and is written over.
  void truncate(std::size_t length);

  /// Bytes really allocated for K and V.
  std::size_t bytes() const;

  /// Makes room in the tables for positions up to `n_positions`.
  void reach(std::size_t n_positions) { rotary_->reach(n_positions); }

  /// The rotary angles of a position that has been reached.
  RotaryRow angles(std::size_t position) const { return rotary_->row(position); }

  /// K and V of one layer.
  LayerKv& layer(std::size_t index) { return *layers_[index]; }
  const LayerKv& layer(std::size_t index) const { return *layers_[index]; }

  /// K and V of all layers.
  std::span<const std::unique_ptr<LayerKv>> layers() const { return layers_; }

  /// Called when all layers hold position length(): one more is held.
  void advance() { ++length_; }

 private:
  std::vector<std::unique_ptr<LayerKv>> layers_;
  std::shared_ptr<RotaryTable> rotary_;  // one for all forks: they have the same angles
  std::size_t length_ = 0;
};

}  // namespace tokenwalk
