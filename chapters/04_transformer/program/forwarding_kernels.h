#pragma once

#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// A kernel set that hands every operation on to another one, which must outlive it. To look at one
/// operation, derive and override that one; a model whose `kernels` point to it computes the same
/// bits, and the code that runs the model does not know.
class ForwardingKernels : public KernelSet {
 public:
  explicit ForwardingKernels(const KernelSet& inner) : inner_(inner) {}

  std::string_view name() const override { return inner_.name(); }
  std::unique_ptr<Matrix> pack(const WeightRows& rows) const override { return inner_.pack(rows); }
  void unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const override {
    inner_.unpack_row(matrix, index, out);
  }
  void matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const override {
    inner_.matmul(w, x, n_rows, y);
  }
  void rmsnorm(const float* x, std::span<const float> weight, float eps, std::size_t n_rows,
               float* y) const override {
    inner_.rmsnorm(x, weight, eps, n_rows, y);
  }
  void rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
              RotaryRow angles) const override {
    inner_.rotate(heads, n_heads, head_dim, angles);
  }
  void silu_gate(float* gate, const float* up, std::size_t n) const override {
    inner_.silu_gate(gate, up, n);
  }
  void add(float* x, const float* y, std::size_t n) const override { inner_.add(x, y, n); }
  std::unique_ptr<LayerKv> kv_create(AttentionShape shape, KvType type) const override {
    return inner_.kv_create(shape, type);
  }
  void kv_write(LayerKv& kv, std::size_t position, const float* k, const float* v) const override {
    inner_.kv_write(kv, position, k, v);
  }
  void kv_read(const LayerKv& kv, std::size_t position, float* k, float* v) const override {
    inner_.kv_read(kv, position, k, v);
  }
  std::unique_ptr<LayerKv> kv_fork(const LayerKv& kv) const override { return inner_.kv_fork(kv); }
  void attend(AttentionShape shape, std::span<const AttendRow> rows) const override {
    inner_.attend(shape, rows);
  }

 protected:
  const KernelSet& inner_;
};

}  // namespace tokenwalk
