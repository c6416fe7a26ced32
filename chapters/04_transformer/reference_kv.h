#pragma once

#include <cstddef>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// K and V of one layer for the set `reference`: row-major, [positions, n_kv_heads, head_dim] each,
/// in the stored type. Copying it is a fork.
class ReferenceKv : public LayerKv {
 public:
  ReferenceKv(AttentionShape shape, KvType type) : row_size_(shape.kv_size()), type_(type) {}

  std::size_t bytes() const override { return keys_.capacity() + values_.capacity(); }

  /// k and v [n_kv_heads, head_dim]; position may be any up to one past the largest written.
  void write(std::size_t position, const float* k, const float* v);
  void read(std::size_t position, float* k, float* v) const;

  /// Positions 0 .. n_positions - 1 as floats, what is stored if it is float already, else widened
  /// into `room`.
  const float* keys(std::size_t n_positions, std::vector<float>& room) const;
  const float* values(std::size_t n_positions, std::vector<float>& room) const;

 private:
  std::size_t row_bytes() const { return row_size_ * kv_type_bytes(type_); }
  const float* widened(const std::vector<std::byte>& stored, std::size_t n_positions,
                       std::vector<float>& room) const;

  std::size_t row_size_;
  KvType type_;
  std::vector<std::byte> keys_, values_;
};

}  // namespace tokenwalk
