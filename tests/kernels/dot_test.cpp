// dot() of lib/base/dot.h, the sum that every kernel must equal: its order on numbers of all kinds,
// and its error.

#include "lib/base/dot.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/exact_test.h"

namespace tokenwalk {
namespace {

// The rule of the header, word for word, the last block filled with +0.
float dot_by_rule(std::vector<float> row, std::vector<float> x) {
  row.resize((row.size() + 31) / 32 * 32, 0.0f);
  x.resize(row.size(), 0.0f);
  float acc = 0;
  for (std::size_t block = 0; block < x.size(); block += 32) {
    float even = 0, odd = 0;
    for (std::size_t k = block; k < block + 32; k += 2) {
      even = std::fma(x[k], row[k], even);
      odd = std::fma(x[k + 1], row[k + 1], odd);
    }
    acc = acc + (even + odd);
  }
  return acc;
}

TEST(DotRule, HoldsForNumbersOfAllKinds) {
  check_property(2000, [] {
    const std::size_t n = pick("terms", 0, 300);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::vector<float> row = draw_numbers(dice, n, kind), x = draw_numbers(dice, n, kind);
    const std::vector<float> expected = {dot_by_rule(row, x)}, got = {dot(row, x)};
    const std::string found = describe_difference("dot", 1, expected, got);
    RC_ASSERT(found == "");
  });
}

// A term passes at most 16 fma, the sum of even and odd, and the sums of the blocks from its own
// on: with n terms at most 17 + n / 32 roundings of 2^-24 each, of no more than the sum of |x w|.
TEST(DotRule, ErrorStaysBelowItsBound) {
  Dice dice(10);
  double worst_share = 0;
  for (const std::size_t n : {1, 2, 16, 31, 32, 33, 100, 576, 1536, 5000}) {
    for (int repeat = 0; repeat < 50; ++repeat) {
      const std::vector<float> row = dice.floats(n), x = dice.floats(n);
      double sum = 0, size = 0;
      for (std::size_t k = 0; k < n; ++k) {
        const double term = double{row[k]} * x[k];  // exact; so nearly is the sum of a few thousand
        sum += term;
        size += std::abs(term);
      }
      const double bound = static_cast<double>(18 + n / 32) * 0x1p-24 * size;
      const double error = std::abs(dot(row, x) - sum);
      ASSERT_LE(error, bound) << n << " terms";
      worst_share = std::max(worst_share, error / bound);
    }
  }
  EXPECT_GT(worst_share, 0.01);  // otherwise the bound says nothing
}

}  // namespace
}  // namespace tokenwalk
