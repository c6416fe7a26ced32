#include <algorithm>

#include "lib/base/cpu_features.h"
#include "lib/kernels/eigen/eigen_product.h"
#include "lib/kernels/packed/aligned_array.h"
#include "lib/kernels/packed/packed_set.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kOutputsPerChunk = 256;  // Eigen rearranges all of x for every chunk

struct EigenMatrix : Matrix {
  explicit EigenMatrix(const WeightRows& rows)
      : Matrix(rows.n_rows, rows.n_cols, rows.format), values(rows.n_rows * rows.n_cols) {}

  AlignedArray<float> values;  // [n_out, n_in], widened
};

using Multiply = void (*)(const EigenProduct& p);

Multiply best_product() {
#if defined(__x86_64__)
  const CpuFeatures cpu = cpu_features();
  if (cpu.avx512) return eigen_product_avx512;
  if (cpu.avx2 && cpu.fma) return eigen_product_avx2;
#endif
  return eigen_product_baseline;
}

// The library's products, in float32 whatever the weights' format; everything else as in the
// fastest packed set.
class EigenKernelSet : public PackedKernelSet {
 public:
  explicit EigenKernelSet(ThreadPool& pool) : PackedKernelSet(*packed_targets().back(), pool) {}

  std::string_view name() const override { return "eigen"; }

  using KernelSet::pack;
  std::unique_ptr<Matrix> pack(const WeightRows& rows) const override {
    auto matrix = std::make_unique<EigenMatrix>(rows);
    pool().for_chunks(rows.n_rows, kOutputsPerChunk, [&](std::size_t begin, std::size_t end) {
      std::vector<std::byte> row(weight_row_bytes(rows.format, rows.n_cols));
      for (std::size_t i = begin; i < end; ++i) {
        rows.read(i, 1, row.data());
        read_row({row.data(), rows.n_cols, rows.format},
                 {matrix->values.data() + i * rows.n_cols, rows.n_cols});
      }
    });
    return matrix;
  }

  void unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const override {
    const auto& w = static_cast<const EigenMatrix&>(matrix);
    std::copy_n(w.values.data() + index * w.n_in, w.n_in, out.data());
  }

  void matmul(const Matrix& matrix, const float* x, std::size_t n_rows, float* y) const override {
    const auto& w = static_cast<const EigenMatrix&>(matrix);
    pool().for_chunks(w.n_out, kOutputsPerChunk, [&](std::size_t begin, std::size_t end) {
      const float* rows = w.values.data() + begin * w.n_in;
      multiply_({rows, end - begin, w.n_in, x, n_rows, y + begin, w.n_out});
    });
  }

 private:
  Multiply multiply_ = best_product();
};

}  // namespace

std::unique_ptr<KernelSet> eigen_kernel_set(ThreadPool& pool) {
  return std::make_unique<EigenKernelSet>(pool);
}

}  // namespace tokenwalk
