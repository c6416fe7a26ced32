#include "lib/kernels/packed/packed_kv.h"

#include <algorithm>

#include "lib/base/check.h"
#include "lib/kernels/packed/ops.h"

namespace tokenwalk {

static_assert(kBlockPositions == kKvBlock);

PackedKv::PackedKv(AttentionShape shape)
    : shape_(shape), value_width_((shape.head_dim + 15) / 16 * 16) {}

std::size_t PackedKv::bytes() const {
  std::size_t bytes = 0;
  for (const auto& block : blocks_) bytes += block->bytes();
  return bytes;
}

std::size_t PackedKv::keys_of(std::size_t kv_head) const {
  return kv_head * kKvBlock * shape_.head_dim;
}

std::size_t PackedKv::values_of(std::size_t kv_head) const {
  return keys_of(shape_.n_kv_heads) + kv_head * kKvBlock * value_width_;
}

// Dimension 0 of a position in its block; dimension d is 16 d further.
std::size_t PackedKv::key_index(std::size_t kv_head, std::size_t position) const {
  const std::size_t j = position % kKvBlock;
  return keys_of(kv_head) + j / 16 * 16 * shape_.head_dim + j % 16;
}

// Dimension 0 of a position in its block; dimension d is d further.
std::size_t PackedKv::value_index(std::size_t kv_head, std::size_t position) const {
  return values_of(kv_head) + position % kKvBlock * value_width_;
}

void PackedKv::add_block() {
  auto block = std::make_shared<AlignedFloats>(values_of(shape_.n_kv_heads));
  std::fill_n(block->data(), block->size(), 0.0f);
  starts_.push_back(block->data());
  blocks_.push_back(std::move(block));
}

void PackedKv::write(std::size_t position, const float* k, const float* v) {
  CHECK_LE(position, capacity());
  if (position == capacity()) add_block();
  float* block = blocks_[position / kKvBlock]->data();
  for (std::size_t h = 0; h < shape_.n_kv_heads; ++h) {
    float* key = block + key_index(h, position);
    for (std::size_t d = 0; d < shape_.head_dim; ++d) key[d * 16] = k[h * shape_.head_dim + d];
    std::copy_n(v + h * shape_.head_dim, shape_.head_dim, block + value_index(h, position));
  }
}

void PackedKv::read(std::size_t position, float* k, float* v) const {
  CHECK_LT(position, capacity());
  const float* block = starts_[position / kKvBlock];
  for (std::size_t h = 0; h < shape_.n_kv_heads; ++h) {
    const float* key = block + key_index(h, position);
    for (std::size_t d = 0; d < shape_.head_dim; ++d) k[h * shape_.head_dim + d] = key[d * 16];
    std::copy_n(block + value_index(h, position), shape_.head_dim, v + h * shape_.head_dim);
  }
}

}  // namespace tokenwalk
