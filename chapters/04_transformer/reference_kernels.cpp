#include "chapters/04_transformer/reference_kernels.h"

#include <algorithm>
#include <utility>

#include "chapters/04_transformer/layers.h"
#include "chapters/04_transformer/reference_kv.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kOutputsPerChunk = 96;

struct ReferenceMatrix : Matrix {
  explicit ReferenceMatrix(const WeightRows& rows)
      : Matrix(rows.n_rows, rows.n_cols, rows.format),
        row_bytes(weight_row_bytes(rows.format, rows.n_cols)),
        bytes(rows.n_rows * row_bytes) {}

  // Rows begin .. end - 1.
  MatrixView view(std::size_t begin, std::size_t end) const {
    return {bytes.data() + begin * row_bytes, end - begin, n_in, format};
  }

  std::size_t row_bytes;
  std::vector<std::byte> bytes;  // [n_out] rows
};

class ReferenceKernelSet : public KernelSet {
 public:
  explicit ReferenceKernelSet(ThreadPool& pool) : pool_(pool) {}

  std::string_view name() const override { return "reference"; }

  using KernelSet::pack;
  std::unique_ptr<Matrix> pack(const WeightRows& rows) const override {
    auto matrix = std::make_unique<ReferenceMatrix>(rows);
    pool_.for_chunks(rows.n_rows, kOutputsPerChunk, [&](std::size_t begin, std::size_t end) {
      rows.read(begin, end - begin, matrix->bytes.data() + begin * matrix->row_bytes);
    });
    return matrix;
  }

  void unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const override {
    const auto& w = static_cast<const ReferenceMatrix&>(matrix);
    embed(w.view(0, w.n_out), static_cast<int>(index), out);
  }

  void matmul(const Matrix& matrix, const float* x, std::size_t n_rows, float* y) const override {
    const auto& w = static_cast<const ReferenceMatrix&>(matrix);
    pool_.for_chunks(w.n_out, kOutputsPerChunk, [&](std::size_t begin, std::size_t end) {
      const MatrixView part = w.view(begin, end);
      for (std::size_t r = 0; r < n_rows; ++r) {
        linear(part, {x + r * w.n_in, w.n_in}, {y + r * w.n_out + begin, end - begin});
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

  std::unique_ptr<LayerKv> kv_create(AttentionShape shape, KvType type) const override {
    return std::make_unique<ReferenceKv>(shape, type);
  }

  void kv_write(LayerKv& kv, std::size_t position, const float* k, const float* v) const override {
    static_cast<ReferenceKv&>(kv).write(position, k, v);
  }

  void kv_read(const LayerKv& kv, std::size_t position, float* k, float* v) const override {
    static_cast<const ReferenceKv&>(kv).read(position, k, v);
  }

  std::unique_ptr<LayerKv> kv_fork(const LayerKv& kv) const override {
    return std::make_unique<ReferenceKv>(static_cast<const ReferenceKv&>(kv));
  }

  void attend(AttentionShape shape, std::span<const AttendRow> rows) const override {
    pool_.for_chunks(rows.size(), 1, [&](std::size_t begin, std::size_t end) {
      std::vector<float> keys, values;
      for (const AttendRow& row : rows.subspan(begin, end - begin)) {
        const auto& kv = static_cast<const ReferenceKv&>(*row.kv);
        const std::size_t n = row.position + 1;
        attend_grouped(shape, row.q, kv.keys(n, keys), kv.values(n, values), n, row.out);
      }
    });
  }

 private:
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
