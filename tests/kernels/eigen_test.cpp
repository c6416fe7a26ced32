// The set `eigen`: right, but without the promise of equal bits.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/exact_test.h"

namespace tokenwalk {
namespace {

constexpr double kUnit = 0x1p-24;  // relative error of one rounding

// Any order of n products and sums errs by at most about n roundings of the sum of |x w|.
void expect_close_to_float64(std::size_t n_out, std::size_t n_in, std::size_t n_rows) {
  Dice dice(n_out + n_in + n_rows);
  const std::vector<float> w = dice.floats(n_out * n_in), x = dice.floats(n_rows * n_in);
  ThreadPool pool(2);
  const auto set = eigen_kernel_set(pool);
  std::vector<float> y(n_rows * n_out, NAN);
  set->matmul(*set->pack(MatrixView{w.data(), n_out, n_in}), x.data(), n_rows, y.data());
  for (std::size_t i = 0; i < y.size(); ++i) {
    double sum = 0, size = 0;
    for (std::size_t k = 0; k < n_in; ++k) {
      const double term = double{x[i / n_out * n_in + k]} * w[i % n_out * n_in + k];
      sum += term;
      size += std::abs(term);
    }
    ASSERT_NEAR(y[i], sum, static_cast<double>(n_in + 1) * kUnit * size)
        << n_out << " outputs, " << n_in << " inputs, row " << i / n_out << " of " << n_rows;
  }
}

TEST(EigenSet, ProductsAreCloseToFloat64) {
  for (const std::size_t n_out : {1, 5, 100, 300, 513}) {
    for (const std::size_t n_in : {1, 33, 200}) {
      for (const std::size_t n_rows : {1, 2, 20}) expect_close_to_float64(n_out, n_in, n_rows);
    }
  }
}

TEST(EigenSet, PackingKeepsEveryNumber) {
  ThreadPool pool(1);
  const auto set = eigen_kernel_set(pool);
  Dice dice(1);
  const std::vector<float> w = dice.floats(7 * 9);
  const auto packed = set->pack(MatrixView{w.data(), 7, 9});
  std::vector<float> row(9);
  set->unpack_row(*packed, 3, row);
  EXPECT_EQ(row, std::vector<float>(w.begin() + 27, w.begin() + 36));
}

TEST(KernelSets, HaveTheNamesOfTheContract) {
  ThreadPool pool(1);
  std::vector<std::string> names;
  for (const auto& set : packed_kernel_sets(pool)) names.emplace_back(set->name());
  std::vector<std::string> expected = {"portable", "avx2", "avx512"};
  ASSERT_GE(names.size(), 1u);
  ASSERT_LE(names.size(), expected.size());
  expected.resize(names.size());
  EXPECT_EQ(names, expected);
  EXPECT_EQ(eigen_kernel_set(pool)->name(), "eigen");
}

}  // namespace
}  // namespace tokenwalk
