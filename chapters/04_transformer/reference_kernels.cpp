#include "chapters/04_transformer/reference_kernels.h"

#include <algorithm>
#include <utility>

#include "chapters/04_transformer/layers.h"
#include "lib/base/check.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kOutputsPerChunk = 96;

struct ReferenceMatrix : Matrix {
  explicit ReferenceMatrix(MatrixView w)
      : Matrix(w.n_rows, w.n_cols), values(w.data, w.data + w.n_rows * w.n_cols) {}

  MatrixView view() const { return {values.data(), n_out, n_in}; }

  std::vector<float> values;  // [n_out, n_in]
};

struct ReferenceKv : LayerKv {
  explicit ReferenceKv(AttentionShape s) : row_size(s.kv_size()) {}

  std::size_t bytes() const override {
    return (keys.capacity() + values.capacity()) * sizeof(float);
  }

  std::size_t row_size;
  std::vector<float> keys, values;  // [positions, n_kv_heads, head_dim]
};

class ReferenceKernelSet : public KernelSet {
 public:
  explicit ReferenceKernelSet(ThreadPool& pool) : pool_(pool) {}

  std::string_view name() const override { return "reference"; }

  std::unique_ptr<Matrix> pack(MatrixView weights) const override {
    return std::make_unique<ReferenceMatrix>(weights);
  }

  void unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const override {
    embed(view(matrix), static_cast<int>(index), out);
  }

  void matmul(const Matrix& matrix, const float* x, std::size_t n_rows, float* y) const override {
    const MatrixView w = view(matrix);
    pool_.for_chunks(w.n_rows, kOutputsPerChunk, [&](std::size_t begin, std::size_t end) {
      const MatrixView part = {w.data + begin * w.n_cols, end - begin, w.n_cols};
      for (std::size_t r = 0; r < n_rows; ++r) {
        linear(part, {x + r * w.n_cols, w.n_cols}, {y + r * w.n_rows + begin, end - begin});
      }
    });
  }

  void rmsnorm(const float* x, std::span<const float> weight, float eps, std::size_t n_rows,
               float* y) const override {
    const std::size_t n = weight.size();
    for (std::size_t r = 0; r < n_rows; ++r) {
      tokenwalk::rmsnorm({x + r * n, n}, weight, eps, {y + r * n, n});
    }
  }

  void rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
              RotaryRow angles) const override {
    for (std::size_t h = 0; h < n_heads; ++h) {
      rotate_head({heads + h * head_dim, head_dim}, {angles.cosines, head_dim / 2},
                  {angles.sines, head_dim / 2});
    }
  }

  void silu_gate(float* gate, const float* up, std::size_t n) const override {
    tokenwalk::silu_gate({gate, n}, {up, n});
  }

  void add(float* x, const float* y, std::size_t n) const override {
    tokenwalk::add({x, n}, {y, n});
  }

  std::unique_ptr<LayerKv> kv_create(AttentionShape shape) const override {
    return std::make_unique<ReferenceKv>(shape);
  }

  void kv_write(LayerKv& layer, std::size_t position, const float* k,
                const float* v) const override {
    auto& kv = static_cast<ReferenceKv&>(layer);
    const std::size_t offset = position * kv.row_size;
    if (kv.keys.size() < offset + kv.row_size) grow(kv, position + 1);
    std::copy_n(k, kv.row_size, kv.keys.begin() + static_cast<std::ptrdiff_t>(offset));
    std::copy_n(v, kv.row_size, kv.values.begin() + static_cast<std::ptrdiff_t>(offset));
  }

  void kv_read(const LayerKv& layer, std::size_t position, float* k, float* v) const override {
    const auto& kv = static_cast<const ReferenceKv&>(layer);
    const std::size_t offset = position * kv.row_size;
    CHECK_LE(offset + kv.row_size, kv.keys.size());
    std::copy_n(kv.keys.begin() + static_cast<std::ptrdiff_t>(offset), kv.row_size, k);
    std::copy_n(kv.values.begin() + static_cast<std::ptrdiff_t>(offset), kv.row_size, v);
  }

  std::unique_ptr<LayerKv> kv_fork(const LayerKv& layer) const override {
    const auto& kv = static_cast<const ReferenceKv&>(layer);
    return std::make_unique<ReferenceKv>(kv);
  }

  void attend(AttentionShape shape, std::span<const AttendRow> rows) const override {
    pool_.for_chunks(rows.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (const AttendRow& row : rows.subspan(begin, end - begin)) {
        const auto& kv = static_cast<const ReferenceKv&>(*row.kv);
        attend_grouped(shape, row.q, kv.keys.data(), kv.values.data(), row.position + 1, row.out);
      }
    });
  }

 private:
  static MatrixView view(const Matrix& matrix) {
    return static_cast<const ReferenceMatrix&>(matrix).view();
  }

  static void grow(ReferenceKv& kv, std::size_t n_positions) {
    const std::size_t blocks = (n_positions + kKvBlock - 1) / kKvBlock;
    const std::size_t size = blocks * kKvBlock * kv.row_size;
    for (std::vector<float>* rows : {&kv.keys, &kv.values}) {
      rows->reserve(size);  // exactly, so that bytes() is what the formula says
      rows->resize(size);
    }
  }

  ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<KernelSet> reference_kernel_set(ThreadPool& pool) {
  return std::make_unique<ReferenceKernelSet>(pool);
}

std::vector<std::unique_ptr<KernelSet>> exact_kernel_sets(ThreadPool& pool) {
  std::vector<std::unique_ptr<KernelSet>> sets;
  sets.push_back(reference_kernel_set(pool));
  for (auto& set : packed_kernel_sets(pool)) sets.push_back(std::move(set));
  return sets;
}

std::unique_ptr<KernelSet> kernel_set_named(const std::string& name, ThreadPool& pool) {
  std::vector<std::unique_ptr<KernelSet>> sets = exact_kernel_sets(pool);
  if (name.empty() || name == "auto") return std::move(sets.back());
  sets.push_back(eigen_kernel_set(pool));
  std::string names;
  for (auto& set : sets) {
    if (set->name() == name) return std::move(set);
    names += (names.empty() ? "" : ", ") + std::string(set->name());
  }
  throw Error(ErrorCode::kBadValue,
              {"unknown kernel set", name, names, "these are the sets that this machine can run"});
}

}  // namespace tokenwalk
