#pragma once

#include <memory>
#include <vector>

#include "lib/kernels/kernels.h"
#include "lib/kernels/packed/ops.h"

namespace tokenwalk {

/// The tables of operations that this machine can run, slowest first: portable, avx2, avx512.
std::vector<const PackedOps*> packed_targets();

/// The kernel set over one table: weights, K and V in lines of 64 bytes, work handed out to threads
/// in parts of whole output elements.
class PackedKernelSet : public KernelSet {
 public:
  /// pool must outlive the set.
  PackedKernelSet(const PackedOps& ops, ThreadPool& pool) : ops_(ops), pool_(pool) {}

  std::string_view name() const override { return ops_.name; }

  using KernelSet::pack;
  std::unique_ptr<Matrix> pack(const WeightRows& rows) const override;
  void unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const override;
  void matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const override;

  void rmsnorm(const float* x, std::span<const float> weight, float eps, std::size_t n_rows,
               float* y) const override;
  void rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
              RotaryRow angles) const override;
  void silu_gate(float* gate, const float* up, std::size_t n) const override;
  void add(float* x, const float* y, std::size_t n) const override;

  std::unique_ptr<LayerKv> kv_create(AttentionShape shape, KvType type) const override;
  void kv_write(LayerKv& kv, std::size_t position, const float* k, const float* v) const override;
  void kv_read(const LayerKv& kv, std::size_t position, float* k, float* v) const override;
  std::unique_ptr<LayerKv> kv_fork(const LayerKv& kv) const override;
  void attend(AttentionShape shape, std::span<const AttendRow> rows) const override;

 protected:
  ThreadPool& pool() const { return pool_; }

 private:
  const PackedOps& ops_;
  ThreadPool& pool_;
};

}  // namespace tokenwalk
