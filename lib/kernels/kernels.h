#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/thread_pool.h"
#include "lib/base/weight_row.h"
#include "lib/kernels/kv_type.h"

namespace tokenwalk {

/// A row-major matrix of weights that somebody else owns, weight_row_bytes from row to row.
struct MatrixView {
  const void* data = nullptr;
  std::size_t n_rows = 0;
  std::size_t n_cols = 0;
  WeightFormat format = WeightFormat::kF32;

  WeightRow row(std::size_t i) const {
    const std::size_t bytes = weight_row_bytes(format, n_cols);
    return {static_cast<const std::byte*>(data) + i * bytes, n_cols, format};
  }
};

/// The rows of a weight matrix, wherever they come from.
struct WeightRows {
  std::size_t n_rows = 0;
  std::size_t n_cols = 0;
  WeightFormat format = WeightFormat::kF32;
  /// Writes rows first .. first + n - 1 one after the other, weight_row_bytes each. Several threads
  /// call it at once.
  std::function<void(std::size_t first, std::size_t n, std::byte* out)> read;
};

/// A weight matrix [n_out, n_in] in the layout of the kernel set that packed it.
class Matrix {
 public:
  Matrix(std::size_t out, std::size_t in, WeightFormat f) : n_out(out), n_in(in), format(f) {}
  virtual ~Matrix() = default;

  const std::size_t n_out;
  const std::size_t n_in;
  const WeightFormat format;
};

/// The sizes that an attention layer needs.
struct AttentionShape {
  std::size_t n_heads = 0;     ///< query heads
  std::size_t n_kv_heads = 0;  ///< heads of K and V; divides n_heads
  std::size_t head_dim = 0;

  std::size_t q_size() const { return n_heads * head_dim; }
  std::size_t kv_size() const { return n_kv_heads * head_dim; }
};

/// K and V of one layer for positions 0, 1, 2, ..., in the layout of the kernel set that made it.
/// It grows by blocks of kKvBlock positions, which start as zeros.
class LayerKv {
 public:
  virtual ~LayerKv() = default;

  /// Bytes allocated for K and V.
  virtual std::size_t bytes() const = 0;
};

/// Positions that a LayerKv allocates at a time.
inline constexpr std::size_t kKvBlock = 256;

/// One row of attention: a query at `position` that looks at positions 0 .. position of `kv`.
struct AttendRow {
  const float* q = nullptr;  // [n_heads, head_dim]
  const LayerKv* kv = nullptr;
  std::size_t position = 0;
  float* out = nullptr;  // [n_heads, head_dim]
};

/// Cosines and sines of one position, head_dim / 2 each.
struct RotaryRow {
  const float* cosines = nullptr;
  const float* sines = nullptr;
};

/// The list of operations from ids to logits. A set owns its layouts and its threads.
///
/// Every set but `eigen` computes every output element by the one fixed sequence of operations that
/// the set `reference` (chapter 04) shows in plain loops, so all agree in every bit, and no output
/// depends on how many rows are computed with it, on threads, or on the machine.
/// All activations are row-major float32; `n_rows` rows of them in a row.
class KernelSet {
 public:
  virtual ~KernelSet() = default;

  virtual std::string_view name() const = 0;

  /// The weights [n_out, n_in] in this set's layout, read on all threads.
  virtual std::unique_ptr<Matrix> pack(const WeightRows& rows) const = 0;

  /// The same of a matrix in memory, which may be freed afterwards.
  std::unique_ptr<Matrix> pack(MatrixView weights) const;

  /// Row `index` of a packed matrix, its values as floats: out [n_in].
  virtual void unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const = 0;

  /// y[r, o] = sum over k of x[r, k] * w[o, k], by the rule of lib/base/dot.h for w's format.
  /// x [n_rows, n_in], y [n_rows, n_out].
  virtual void matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const = 0;

  /// y = (x / sqrt(mean(x^2) + eps)) * weight for each row of weight.size() numbers.
  /// x and y may be the same.
  virtual void rmsnorm(const float* x, std::span<const float> weight, float eps, std::size_t n_rows,
                       float* y) const = 0;

  /// Rotates `n_heads` heads of one row in place: pairs (i, i + head_dim / 2) by the row's angles.
  virtual void rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
                      RotaryRow angles) const = 0;

  /// gate = silu(gate) * up, n numbers, in place.
  virtual void silu_gate(float* gate, const float* up, std::size_t n) const = 0;

  /// x = x + y, n numbers, in place.
  virtual void add(float* x, const float* y, std::size_t n) const = 0;

  virtual std::unique_ptr<LayerKv> kv_create(AttentionShape shape, KvType type) const = 0;

  /// Rounds k and v, [n_kv_heads, head_dim] each, to the type and stores them at `position`, which
  /// may be any up to one past the largest written.
  virtual void kv_write(LayerKv& kv, std::size_t position, const float* k,
                        const float* v) const = 0;

  /// What is stored at `position`: k and v, [n_kv_heads, head_dim] each.
  virtual void kv_read(const LayerKv& kv, std::size_t position, float* k, float* v) const = 0;

  /// Another LayerKv with the same contents, for a fork of the text. Either may be written
  /// afterwards without changing the other; blocks that neither writes may be shared.
  virtual std::unique_ptr<LayerKv> kv_fork(const LayerKv& kv) const = 0;

  /// Attention of each row over its own K and V. Query head h looks at K/V head
  /// h / (n_heads / n_kv_heads).
  virtual void attend(AttentionShape shape, std::span<const AttendRow> rows) const = 0;
};

/// The packed sets that this machine can run, slowest first: portable, avx2, avx512.
/// They use `pool`, which must outlive them.
std::vector<std::unique_ptr<KernelSet>> packed_kernel_sets(ThreadPool& pool);

/// Ordinary library products (Eigen), for comparison: fast and without the promise above.
std::unique_ptr<KernelSet> eigen_kernel_set(ThreadPool& pool);

}  // namespace tokenwalk
