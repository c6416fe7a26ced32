#pragma once

#include <memory>
#include <vector>

#include "lib/kernels/cuda/device.h"
#include "lib/kernels/kernels.h"

namespace tokenwalk::cuda {

KvShape kv_shape(AttentionShape shape, KvType type);

/// K and V of one layer on a device, in the blocks of kv_layout.h, which start as zeros. A copy
/// shares the blocks, which are counted by reference; whoever writes into a shared one first copies
/// it, on the device. Copies must not be written from several threads at once.
class CudaKv : public LayerKv {
 public:
  CudaKv(Device& device, AttentionShape shape, KvType type);
  CudaKv(const CudaKv& other);

  std::size_t bytes() const override;

  const KvShape& shape() const { return shape_; }

  /// Positions that there is room for.
  std::size_t capacity() const { return blocks_.size() * kKvBlock; }

  /// Makes sure that the block of `position`, at most capacity(), is there and this copy's own.
  void make_writable(std::size_t position);

  /// The table of the blocks, on the device; good until the next make_writable.
  KvTable table() const;

  /// The block of a position below capacity().
  const void* block_of(std::size_t position) const;

 private:
  using Block = std::shared_ptr<DeviceArray<std::byte>>;

  Block new_block() const;

  Device* device_;
  KvShape shape_;
  std::vector<Block> blocks_;
  mutable DeviceArray<void*> table_;
  mutable bool table_is_old_ = true;
};

}  // namespace tokenwalk::cuda
