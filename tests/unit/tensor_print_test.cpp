#include "lib/tensor/print.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "lib/base/check.h"

namespace tokenwalk {
namespace {

std::string format(const std::vector<float>& values, const Shape& shape) {
  return format_tensor({values, shape}, "t");
}

std::vector<float> counted(std::size_t n) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

TEST(FormatTensor, AlignsColumns) {
  EXPECT_EQ(format({0.5f, -1.25f, 2, 10, 0.1f, -INFINITY}, {2, 3}),
            "t [2, 3]\n"
            "   0.50  -1.25   2.00\n"
            "  10.00   0.10   -inf\n");
}

TEST(FormatTensor, ShowsAtMostFourDecimals) {
  EXPECT_EQ(format({1.0f / 3, 2.0f / 3}, {2}), "t [2]\n  0.3333  0.6667\n");
  EXPECT_EQ(format({1, 2}, {2}), "t [2]\n  1  2\n");
  EXPECT_EQ(format({1, -1e-7f, -0.0f}, {3}), "t [3]\n  1  0  0\n");
}

TEST(FormatTensor, WritesTinyAndHugeNumbersWithPowersOfTen) {
  EXPECT_EQ(format({1e-5f, -2.5e-6f}, {2}), "t [2]\n   1.0000e-05  -2.5000e-06\n");
  EXPECT_EQ(format({1, 1e8f}, {2}), "t [2]\n  1.0000e+00  1.0000e+08\n");
  EXPECT_EQ(format({0, 0}, {2}), "t [2]\n  0  0\n");
}

TEST(FormatTensor, ShowsNumbersThatAreNone) {
  EXPECT_EQ(format({NAN, -INFINITY, INFINITY, 1.5f}, {4}), "t [4]\n   nan  -inf   inf   1.5\n");
}

TEST(FormatTensor, ShowsCornersOfBigMatrices) {
  EXPECT_EQ(format(counted(64), {8, 8}),
            "t [8, 8]\n"
            "   0   1   2  …   5   6   7\n"
            "   8   9  10  …  13  14  15\n"
            "  16  17  18  …  21  22  23\n"
            "  …\n"
            "  40  41  42  …  45  46  47\n"
            "  48  49  50  …  53  54  55\n"
            "  56  57  58  …  61  62  63\n");
  EXPECT_EQ(format(counted(6), {6}), "t [6]\n  0  1  2  3  4  5\n");
  EXPECT_EQ(format(counted(7), {7}), "t [7]\n  0  1  2  …  4  5  6\n");
}

TEST(FormatTensor, ShowsMoreDimensionsAsMatrices) {
  EXPECT_EQ(format(counted(4), {2, 1, 2}), "t [2, 1, 2]\n[0, :, :]\n  0  1\n[1, :, :]\n  2  3\n");
  const std::string four = format(counted(16), {1, 8, 1, 2});
  EXPECT_EQ(four,
            "t [1, 8, 1, 2]\n"
            "[0, 0, :, :]\n   0   1\n[0, 1, :, :]\n   2   3\n[0, 2, :, :]\n   4   5\n"
            "…\n"
            "[0, 5, :, :]\n  10  11\n[0, 6, :, :]\n  12  13\n[0, 7, :, :]\n  14  15\n");
}

TEST(FormatTensor, ShowsSingleNumbersAndNone) {
  EXPECT_EQ(format({0.5f}, {}), "t []\n  0.5\n");
  EXPECT_EQ(format({}, {0, 3}), "t [0, 3], no values\n");
}

TEST(FormatTensor, ChecksTheShape) {
  EXPECT_THROW(format({1, 2, 3}, {2, 2}), CheckFailure);
}

}  // namespace
}  // namespace tokenwalk
