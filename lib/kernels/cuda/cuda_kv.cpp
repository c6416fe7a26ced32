#include "lib/kernels/cuda/cuda_kv.h"

#include <algorithm>

#include "lib/base/check.h"

namespace tokenwalk::cuda {

static_assert(kKvPositions == kKvBlock);

KvShape kv_shape(AttentionShape shape, KvType type) {
  return {static_cast<std::uint32_t>(shape.n_heads), static_cast<std::uint32_t>(shape.n_kv_heads),
          static_cast<std::uint32_t>(shape.head_dim), type};
}

CudaKv::CudaKv(Device& device, AttentionShape shape, KvType type)
    : device_(&device), shape_(kv_shape(shape, type)) {}

CudaKv::CudaKv(const CudaKv& other)
    : LayerKv(other), device_(other.device_), shape_(other.shape_), blocks_(other.blocks_) {}

std::size_t CudaKv::bytes() const {
  return blocks_.size() * shape_.block_bytes();
}

CudaKv::Block CudaKv::new_block() const {
  return std::make_shared<DeviceArray<std::byte>>(*device_, shape_.block_bytes());
}

void CudaKv::make_writable(std::size_t position) {
  CHECK_LE(position, capacity());
  if (position == capacity()) {
    Block block = new_block();
    device_->fill_with_zeros(block->data(), block->size());
    blocks_.push_back(std::move(block));
    table_is_old_ = true;
  }
  Block& block = blocks_[position / kKvBlock];
  if (block.use_count() == 1) return;
  Block copy = new_block();
  device_->copy(copy->data(), block->data(), block->size());
  block = std::move(copy);
  table_is_old_ = true;
}

KvTable CudaKv::table() const {
  if (table_is_old_) {
    std::vector<void*> starts;
    for (const Block& block : blocks_) starts.push_back(block->data());
    // Room for as many again, so that a growing text seldom needs a new table.
    if (starts.size() > table_.size()) table_.reach(*device_, 2 * starts.size());
    table_.upload(starts.data(), starts.size());
    table_is_old_ = false;
  }
  return table_.data();
}

const void* CudaKv::block_of(std::size_t position) const {
  CHECK_LT(position, capacity());
  return blocks_[position / kKvBlock]->data();
}

}  // namespace tokenwalk::cuda
