#include "lib/kernels/packed/packed_kv.h"

#include <algorithm>

#include "lib/base/check.h"
#include "lib/kernels/packed/ops.h"
#include "lib/kernels/packed/rows_to_lines.h"
#include "lib/kernels/packed/thread_scratch.h"

namespace tokenwalk {

static_assert(kBlockPositions == kKvBlock);

PackedKv::PackedKv(AttentionShape shape) : shape_(shape) {}

std::size_t PackedKv::bytes() const {
  std::size_t bytes = 0;
  for (const auto& block : blocks_) bytes += block->bytes();
  return bytes;
}

// Where the keys of a position and its 15 neighbours start in their block.
std::size_t PackedKv::key_group(std::size_t position) const {
  return keys() + position % kKvBlock / 16 * 16 * shape_.kv_size();
}

void PackedKv::add_block() {
  auto block = std::make_shared<AlignedFloats>(2 * kKvBlock * shape_.kv_size());
  std::fill_n(block->data(), block->size(), 0.0f);
  starts_.push_back(block->data());
  blocks_.push_back(std::move(block));
}

// The block, after copying it if a fork shares it.
float* PackedKv::own_block(std::size_t index) {
  std::shared_ptr<AlignedFloats>& block = blocks_[index];
  if (block.use_count() > 1) {
    auto copy = std::make_shared<AlignedFloats>(block->size());
    std::copy_n(block->data(), block->size(), copy->data());
    block = std::move(copy);
    starts_[index] = block->data();
  }
  return block->data();
}

// A full group of 16 positions becomes lines with its last row; later writes go into the lines.
// Every head's [head_dim][16] follows the one before, so all of them are the lines of one long row.
void PackedKv::write_key(float* group, std::size_t position, const float* k) {
  const std::size_t n = shape_.kv_size(), j = position % 16;
  if (position < n_in_lines_) {
    for (std::size_t i = 0; i < n; ++i) group[i * 16 + j] = k[i];
    return;
  }
  std::copy_n(k, n, group + j * n);
  if (j < 15) return;
  float* rows = thread_scratch(16 * n);
  std::copy_n(group, 16 * n, rows);
  rows_to_lines(rows, n, 16, n, group);
  n_in_lines_ = position + 1;
}

void PackedKv::write(std::size_t position, const float* k, const float* v) {
  CHECK_LE(position, capacity());
  if (position == capacity()) add_block();
  float* block = own_block(position / kKvBlock);
  write_key(block + key_group(position), position, k);
  std::copy_n(v, shape_.kv_size(), block + position % kKvBlock * shape_.kv_size());
}

void PackedKv::read(std::size_t position, float* k, float* v) const {
  CHECK_LT(position, capacity());
  const std::size_t n = shape_.kv_size(), j = position % 16;
  const float* block = starts_[position / kKvBlock];
  const float* group = block + key_group(position);
  const bool in_lines = position < n_in_lines_;
  for (std::size_t i = 0; i < n; ++i) k[i] = in_lines ? group[i * 16 + j] : group[j * n + i];
  std::copy_n(block + position % kKvBlock * n, n, v);
}

}  // namespace tokenwalk
