#include <algorithm>

#include "lib/base/cpu_features.h"
#include "lib/kernels/eigen/eigen_product.h"
#include "lib/kernels/packed/aligned_floats.h"
#include "lib/kernels/packed/packed_set.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kOutputsPerChunk = 256;  // Eigen rearranges all of x for every chunk

struct EigenMatrix : Matrix {
  explicit EigenMatrix(MatrixView w) : Matrix(w.n_rows, w.n_cols), values(w.n_rows * w.n_cols) {
    std::copy_n(w.data, values.size(), values.data());
  }

  AlignedFloats values;  // [n_out, n_in]
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

// The library's products; everything else as in the fastest packed set.
class EigenKernelSet : public PackedKernelSet {
 public:
  explicit EigenKernelSet(ThreadPool& pool) : PackedKernelSet(*packed_targets().back(), pool) {}

  std::string_view name() const override { return "eigen"; }

  std::unique_ptr<Matrix> pack(MatrixView weights) const override {
    return std::make_unique<EigenMatrix>(weights);
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
