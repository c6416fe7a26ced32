#include "lib/kernels/packed/packed_kv.h"

#include <algorithm>

#include "lib/base/check.h"
#include "lib/kernels/packed/ops.h"
#include "lib/kernels/packed/rows_to_lines.h"
#include "lib/kernels/packed/thread_scratch.h"

namespace tokenwalk {

static_assert(kBlockPositions == kKvBlock);

PackedKv::PackedKv(AttentionShape shape, KvType type) : shape_(shape), type_(type) {}

std::size_t PackedKv::bytes() const {
  std::size_t bytes = 0;
  for (const auto& block : blocks_) bytes += block->size();
  return bytes;
}

// Where a head's value lies in the block of its position, in bytes.
std::size_t PackedKv::value_at(std::size_t head, std::size_t position) const {
  return (head * kKvBlock + position % kKvBlock) * head_bytes();
}

// Where a head's keys of a position and its 15 neighbours begin: behind all values.
std::size_t PackedKv::key_group_at(std::size_t head, std::size_t position) const {
  return value_at(shape_.n_kv_heads + head, position / 16 * 16);
}

void PackedKv::add_block() {
  auto block = std::make_shared<AlignedBytes>(2 * kKvBlock * shape_.n_kv_heads * head_bytes());
  std::fill_n(block->data(), block->size(), std::byte{0});
  starts_.push_back(block->data());
  blocks_.push_back(std::move(block));
}

// The block, after copying it if a fork shares it.
std::byte* PackedKv::own_block(std::size_t index) {
  std::shared_ptr<AlignedBytes>& block = blocks_[index];
  if (block.use_count() > 1) {
    auto copy = std::make_shared<AlignedBytes>(block->size());
    std::copy_n(block->data(), block->size(), copy->data());
    block = std::move(copy);
    starts_[index] = block->data();
  }
  return block->data();
}

// One head's key. A full group of 16 positions becomes lines with its last row; later writes go
// into the lines.
template <typename Element>
void PackedKv::write_key(Element* group, std::size_t position, const float* k) const {
  const std::size_t n = shape_.head_dim, j = position % 16;
  auto* rows = reinterpret_cast<Element*>(thread_scratch(16 * n));
  if (position < n_in_lines_) {
    store_kv(type_, {k, n}, rows);
    for (std::size_t i = 0; i < n; ++i) group[i * 16 + j] = rows[i];
    return;
  }
  store_kv(type_, {k, n}, group + j * n);
  if (j < 15) return;
  std::copy_n(group, 16 * n, rows);
  rows_to_lines(rows, n, 16, n, group);
}

void PackedKv::write(std::size_t position, const float* k, const float* v) {
  CHECK_LE(position, capacity());
  if (position == capacity()) add_block();
  std::byte* block = own_block(position / kKvBlock);
  for (std::size_t head = 0; head < shape_.n_kv_heads; ++head) {
    const float* head_k = k + head * shape_.head_dim;
    std::byte* group = block + key_group_at(head, position);
    if (type_ == KvType::kF32) {
      write_key(reinterpret_cast<float*>(group), position, head_k);
    } else {
      write_key(reinterpret_cast<std::uint16_t*>(group), position, head_k);
    }
    store_kv(type_, {v + head * shape_.head_dim, shape_.head_dim},
             block + value_at(head, position));
  }
  if (position >= n_in_lines_ && position % 16 == 15) n_in_lines_ = position + 1;
}

template <typename Element>
void PackedKv::read_key(const Element* group, std::size_t position, float* k) const {
  const std::size_t n = shape_.head_dim, j = position % 16;
  std::vector<Element> row(n);
  const bool in_lines = position < n_in_lines_;
  for (std::size_t i = 0; i < n; ++i) row[i] = in_lines ? group[i * 16 + j] : group[j * n + i];
  load_kv(type_, row.data(), {k, n});
}

void PackedKv::read(std::size_t position, float* k, float* v) const {
  CHECK_LT(position, capacity());
  const std::byte* block = starts_[position / kKvBlock];
  for (std::size_t head = 0; head < shape_.n_kv_heads; ++head) {
    const std::byte* group = block + key_group_at(head, position);
    float* head_k = k + head * shape_.head_dim;
    if (type_ == KvType::kF32) {
      read_key(reinterpret_cast<const float*>(group), position, head_k);
    } else {
      read_key(reinterpret_cast<const std::uint16_t*>(group), position, head_k);
    }
    load_kv(type_, block + value_at(head, position), {v + head * shape_.head_dim, shape_.head_dim});
  }
}

}  // namespace tokenwalk
