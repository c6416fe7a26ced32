#include "lib/base/dot.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "lib/base/check.h"
#include "lib/base/rng.h"

namespace tokenwalk {
namespace {

std::vector<float> random_vector(std::size_t n, std::uint32_t stream) {
  std::vector<float> values;
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back(static_cast<float>(uniform_draw(5, stream, i) - 0.5));
  }
  return values;
}

// The rule of the header, word for word, on vectors filled with +0 up to whole blocks.
float dot_by_rule(std::vector<float> row, std::vector<float> x) {
  const std::size_t whole = (x.size() + 31) / 32 * 32;
  row.resize(whole, 0);
  x.resize(whole, 0);
  float acc = 0;
  for (std::size_t block = 0; block < whole; block += 32) {
    float even = 0, odd = 0;
    for (std::size_t k = block; k < block + 32; k += 2) {
      even = std::fma(x[k], row[k], even);
      odd = std::fma(x[k + 1], row[k + 1], odd);
    }
    acc = acc + (even + odd);
  }
  return acc;
}

TEST(Dot, FollowsTheRuleToTheBit) {
  for (std::size_t n = 0; n <= 300; ++n) {
    const std::vector<float> row = random_vector(n, 1), x = random_vector(n, 2);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(dot(row, x)),
              std::bit_cast<std::uint32_t>(dot_by_rule(row, x)))
        << n << " terms";
  }
}

TEST(Dot, ColumnsFollowTheSameRule) {
  for (const std::size_t n : {0, 1, 31, 32, 33, 64, 200}) {
    for (const std::size_t stride : {1, 2, 7, 64}) {
      const std::vector<float> row = random_vector(n, 3), x = random_vector(n, 4);
      std::vector<float> matrix(n * stride + 1, NAN);  // whatever lies between must not be read
      for (std::size_t k = 0; k < n; ++k) matrix[k * stride] = row[k];
      EXPECT_EQ(dot_column(matrix.data(), stride, x), dot(row, x)) << n << " by " << stride;
    }
  }
}

TEST(Dot, OfNothingIsPlusZero) {
  EXPECT_EQ(std::bit_cast<std::uint32_t>(dot({}, {})), 0u);
}

TEST(Dot, InfinityAndNanArrive) {
  std::vector<float> row(40, 1), x(40, 1);
  row[39] = INFINITY;
  EXPECT_EQ(dot(row, x), INFINITY);
  x[39] = 0;
  EXPECT_TRUE(std::isnan(dot(row, x)));
}

TEST(Dot, SizesMustAgree) {
  const std::vector<float> three(3), four(4);
  EXPECT_THROW(dot(three, four), CheckFailure);
}

}  // namespace
}  // namespace tokenwalk
