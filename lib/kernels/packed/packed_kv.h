#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "lib/kernels/kernels.h"
#include "lib/kernels/packed/aligned_array.h"

namespace tokenwalk {

/// K and V of one layer in lines of 16, in blocks of kKvBlock positions that start as zeros:
///     values  [n_kv_heads][kKvBlock][head_dim]
///     keys    [n_kv_heads][kKvBlock / 16][head_dim][16 positions]
/// Scores of 16 positions, and 16 dimensions of the mixed values, are then one register, and what a
/// head reads lies in one piece.
/// A key written into such lines touches kv_size() of them, so the newest keys wait as rows, in the
/// same place, [16 positions][head_dim], until there are 16: then they are transposed.
/// A copy shares the blocks, which are counted by reference; whoever writes into a shared block
/// first makes one of its own. Copies must not be written from several threads at once.
class PackedKv : public LayerKv {
 public:
  PackedKv(AttentionShape shape, KvType type);

  std::size_t bytes() const override;

  /// k and v [n_kv_heads, head_dim]; position may be any up to one past the largest written.
  void write(std::size_t position, const float* k, const float* v);
  void read(std::size_t position, float* k, float* v) const;

  const AttentionShape& shape() const { return shape_; }
  KvType type() const { return type_; }

  /// Positions that there is room for.
  std::size_t capacity() const { return blocks_.size() * kKvBlock; }

  /// Positions whose keys are in lines; those behind are rows. A multiple of 16.
  std::size_t n_in_lines() const { return n_in_lines_; }

  /// Start of each block, whose numbers are of the type: float, Half or BFloat (ops.h).
  template <typename Element>
  const Element* const* blocks() const {
    return reinterpret_cast<const Element* const*>(starts_.data());
  }

 private:
  std::size_t head_bytes() const { return shape_.head_dim * kv_type_bytes(type_); }
  std::size_t value_at(std::size_t head, std::size_t position) const;
  std::size_t key_group_at(std::size_t head, std::size_t position) const;
  void add_block();
  std::byte* own_block(std::size_t index);
  template <typename Element>
  void write_key(Element* group, std::size_t position, const float* k) const;
  template <typename Element>
  void read_key(const Element* group, std::size_t position, float* k) const;

  AttentionShape shape_;
  KvType type_;
  std::vector<std::shared_ptr<AlignedBytes>> blocks_;
  std::vector<const std::byte*> starts_;
  std::size_t n_in_lines_ = 0;
};

}  // namespace tokenwalk
