#include "lib/base/rng.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <set>

namespace tokenwalk {
namespace {

using Words = std::array<std::uint32_t, 4>;

constexpr std::uint32_t kAll = 0xFFFFFFFF;

// The three vectors for philox4x32-10 in the file kat_vectors of the library Random123.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32_10({kAll, kAll, kAll, kAll}, {kAll, kAll}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, HasNoState) {
  const Words first = philox4x32_10({1, 2, 3, 4}, {5, 6});
  philox4x32_10({9, 9, 9, 9}, {9, 9});
  EXPECT_EQ(philox4x32_10({1, 2, 3, 4}, {5, 6}), first);
}

// u from the formula of the protocol, written out.
double u_by_formula(std::uint64_t seed, std::uint32_t stream, std::uint64_t position) {
  const std::uint64_t two32 = std::uint64_t{1} << 32;
  const Words w = philox4x32_10(
      {static_cast<std::uint32_t>(position % two32), static_cast<std::uint32_t>(position / two32),
       static_cast<std::uint32_t>(seed / two32), 0},
      {static_cast<std::uint32_t>(seed % two32), stream});
  return std::ldexp(static_cast<double>((w[1] * two32 + w[0]) >> 11), -53);
}

TEST(UniformDraw, IsTheFormulaOfTheProtocol) {
  const std::uint64_t numbers[] = {
      0, 1, 7, 1000000, 0xFFFFFFFF, 0x100000000, 0x123456789ABCDEF0, ~std::uint64_t{0}};
  for (const std::uint64_t seed : numbers) {
    for (const std::uint64_t position : numbers) {
      for (const std::uint32_t stream : {0u, 1u, 4095u, kAll}) {
        EXPECT_EQ(uniform_draw(seed, stream, position), u_by_formula(seed, stream, position))
            << "seed " << seed << ", stream " << stream << ", position " << position;
      }
    }
  }
}

// With the words known for counter 0 and key 0, u can be computed by hand.
TEST(UniformDraw, TakesTheHigherWordFirst) {
  const double by_hand = static_cast<double>(0xe169c58d6627e8d5u >> 11) * 0x1p-53;
  EXPECT_EQ(uniform_draw(0, 0, 0), by_hand);
  EXPECT_NEAR(by_hand, 0xe169c58d * 0x1p-32, 1e-9);
}

TEST(UniformDraw, EveryBitOfItsNumbersCounts) {
  std::set<double> seen = {uniform_draw(0, 0, 0)};
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t one = std::uint64_t{1} << bit;
    EXPECT_TRUE(seen.insert(uniform_draw(one, 0, 0)).second) << "bit " << bit << " of the seed";
    EXPECT_TRUE(seen.insert(uniform_draw(0, 0, one)).second) << "bit " << bit << " of the position";
    if (bit >= 32) continue;
    EXPECT_TRUE(seen.insert(uniform_draw(0, 1u << bit, 0)).second)
        << "bit " << bit << " of the stream";
  }
}

TEST(UniformDraw, IsUniformOnZeroToOne) {
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0;
  int tenths[10] = {};
  for (int position = 0; position < kDraws; ++position) {
    const double u = uniform_draw(42, 3, static_cast<std::uint64_t>(position));
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    ASSERT_EQ(u * 0x1p53, std::floor(u * 0x1p53)) << "more than 53 bits";
    sum += u;
    squares += u * u;
    ++tenths[static_cast<int>(u * 10)];
  }
  // Five standard deviations: 1 / sqrt(12 n) of the mean, about 0.3 / sqrt(n) of the mean square.
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 5 * 0.3 / std::sqrt(kDraws));
  double chi_square = 0;
  for (const int count : tenths) {
    const double difference = count - kDraws / 10.0;
    chi_square += difference * difference / (kDraws / 10.0);
  }
  EXPECT_LT(chi_square, 33.7);  // 9 degrees of freedom: exceeded once in 10,000 times
}

}  // namespace
}  // namespace tokenwalk
