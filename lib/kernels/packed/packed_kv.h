#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "lib/kernels/kernels.h"
#include "lib/kernels/packed/aligned_floats.h"

namespace tokenwalk {

/// K and V of one layer in lines of 64 bytes, in blocks of kKvBlock positions that start as zeros:
///     keys    [n_kv_heads][kKvBlock / 16][head_dim][16 positions]
///     values  [n_kv_heads][kKvBlock][value lines][16 dimensions]
/// Scores of 16 positions, and 16 dimensions of the mixed values, are then one register.
/// Blocks are counted by reference, so that forks can share them.
class PackedKv : public LayerKv {
 public:
  explicit PackedKv(AttentionShape shape);

  std::size_t bytes() const override;

  /// k and v [n_kv_heads, head_dim]; position may be any up to one past the largest written.
  void write(std::size_t position, const float* k, const float* v);
  void read(std::size_t position, float* k, float* v) const;

  const AttentionShape& shape() const { return shape_; }

  /// Positions that there is room for.
  std::size_t capacity() const { return blocks_.size() * kKvBlock; }

  /// Start of each block.
  const float* const* blocks() const { return starts_.data(); }

  /// Where the keys and the values of a K/V head start in a block.
  std::size_t keys_of(std::size_t kv_head) const;
  std::size_t values_of(std::size_t kv_head) const;

 private:
  void add_block();
  std::size_t key_index(std::size_t kv_head, std::size_t position) const;
  std::size_t value_index(std::size_t kv_head, std::size_t position) const;

  AttentionShape shape_;
  std::size_t value_width_;  // head_dim in whole lines
  std::vector<std::shared_ptr<AlignedFloats>> blocks_;
  std::vector<const float*> starts_;
};

}  // namespace tokenwalk
