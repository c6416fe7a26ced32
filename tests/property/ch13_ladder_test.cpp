// The rungs of chapter 13: every one gives the bits of the plain loop, the pieces of which they are
// made do what their contracts say, and the order that the chapter warns of is found out.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "chapters/13_fast_kernels/known_wrong.h"
#include "chapters/13_fast_kernels/ladder.h"
#include "chapters/13_fast_kernels/lines.h"
#include "chapters/13_fast_kernels/transposed.h"
#include "lib/base/dot.h"
#include "tests/support/dice.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"

namespace tokenwalk {
namespace {

constexpr const char* kPage = "page 13";

MatrixView view(const std::vector<float>& w, std::size_t n_out, std::size_t n_in) {
  return {w.data(), n_out, n_in};
}

// ---- pieces ------------------------------------------------------------------------------------

TEST(Ch13Transpose, RowsBecomeColumns) {
  EXPECT_EQ(transpose(view({1, 2, 3, 4, 5, 6}, 2, 3)), (std::vector<float>{1, 4, 2, 5, 3, 6}))
      << "[[1 2 3] [4 5 6]], " << kPage;
  EXPECT_EQ(transpose(view({7}, 1, 1)), std::vector<float>{7});
}

TEST(Ch13AddBlock, AddsEvenAndOddTermsAsTheRuleSays) {
  for (const std::uint64_t seed : case_seeds(40)) {
    Dice dice(seed);
    const std::size_t n_out = dice.between(1, 40), n_terms = dice.between(1, 32);
    const std::vector<float> w = dice.floats(n_terms * n_out), x = dice.floats(n_terms);
    const std::vector<float> before = dice.floats(n_out);
    std::vector<float> y = before, expected;
    std::vector<float> even(n_out, NAN), odd(n_out, NAN);  // what they hold does not matter
    add_block_to_all(w.data(), x.data(), n_terms, even, odd, y.data());
    for (std::size_t o = 0; o < n_out; ++o) {
      expected.push_back(before[o] + dot_column(w.data() + o, n_out, x));
    }
    EXPECT_EQ(describe_difference("y", n_out, expected, y), "") << kPage << ", seed " << seed;
  }
}

TEST(Ch13PackLines, SixteenOutputsSideBySide) {
  constexpr std::size_t kOut = 19, kIn = 5;
  std::vector<float> w(kOut * kIn);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(i + 1);
  const std::vector<float> lines = pack_lines(view(w, kOut, kIn));
  ASSERT_EQ(lines.size(), 2 * kIn * 16) << "two groups of 16 outputs, " << kPage;
  for (std::size_t o = 0; o < 32; ++o) {
    for (std::size_t k = 0; k < kIn; ++k) {
      EXPECT_EQ(lines[(o / 16 * kIn + k) * 16 + o % 16], o < kOut ? w[o * kIn + k] : 0)
          << "output " << o << ", term " << k << ", " << kPage;
    }
  }
}

TEST(Ch13Parts, EveryNumberIsInOnePartOfLimitedSize) {
  for (const std::size_t n_out : {1, 95, 96, 97, 300}) {
    for (const std::size_t n_rows : {1, 127, 128, 129, 400}) {
      std::vector<int> covered(n_out * n_rows);
      for (const Part& part : cut_into_parts(n_out, n_rows)) {
        ASSERT_LE(part.n_outputs, 96u) << kPage;
        ASSERT_LE(part.n_rows, 128u) << kPage;
        for (std::size_t r = part.row; r < part.row + part.n_rows; ++r) {
          for (std::size_t o = part.output; o < part.output + part.n_outputs; ++o) {
            ++covered.at(r * n_out + o);
          }
        }
      }
      EXPECT_EQ(std::set<int>(covered.begin(), covered.end()), std::set<int>{1})
          << n_out << " outputs, " << n_rows << " rows, " << kPage;
    }
  }
}

TEST(Ch13Parts, RowsCountFastest) {
  const std::vector<Part> parts = cut_into_parts(200, 300);
  ASSERT_EQ(parts.size(), 9u);
  EXPECT_EQ(parts[1].output, 0u) << "the second part has the weights of the first, " << kPage;
  EXPECT_EQ(parts[1].row, 128u);
}

// ---- rungs -------------------------------------------------------------------------------------

TEST(Ch13Ladder, EveryRungGivesTheBitsOfThePlainLoop) {
  ThreadPool pool(3);
  for (const std::uint64_t seed : case_seeds(60)) {
    Dice dice(seed);
    const std::size_t n_out = dice.between(1, 220), n_in = dice.between(1, 150);
    const std::size_t n_rows = seed % 10 == 0 ? 140 : dice.between(1, 12);
    const std::vector<float> w = dice.floats(n_out * n_in), x = dice.floats(n_rows * n_in);
    std::vector<float> expected;
    for (std::size_t r = 0; r < n_rows; ++r) {
      for (std::size_t o = 0; o < n_out; ++o) {
        expected.push_back(dot({w.data() + o * n_in, n_in}, {x.data() + r * n_in, n_in}));
      }
    }
    for (const RungKind& kind : ladder()) {
      std::vector<float> y(n_rows * n_out, -7);
      kind.make(view(w, n_out, n_in), pool)->multiply(x.data(), n_rows, y.data());
      ASSERT_EQ(describe_difference(std::string(kind.name), n_out, expected, y), "")
          << n_out << " outputs, " << n_in << " inputs, " << n_rows << " rows, seed " << seed
          << ", " << kPage;
    }
  }
}

TEST(Ch13Ladder, NanAndInfinityArrive) {
  ThreadPool pool(1);
  std::vector<float> w(3 * 40, 1), x(40, 1);
  w[39] = std::numeric_limits<float>::infinity();
  w[79] = std::numeric_limits<float>::quiet_NaN();
  for (const RungKind& kind : ladder()) {
    std::vector<float> y(3);
    kind.make(view(w, 3, 40), pool)->multiply(x.data(), 1, y.data());
    EXPECT_EQ(y[0], std::numeric_limits<float>::infinity()) << kind.name;
    EXPECT_TRUE(std::isnan(y[1])) << kind.name;
    EXPECT_EQ(y[2], 40) << kind.name;
  }
}

// ---- known to be wrong -------------------------------------------------------------------------

TEST(Ch13KnownWrong, SixteenSumsAreAsExactAndNotTheSame) {
  std::size_t differ = 0;
  for (const std::uint64_t seed : case_seeds(50)) {
    Dice dice(seed);
    const std::vector<float> row = dice.floats(576), x = dice.floats(576);
    double exact = 0;
    for (std::size_t k = 0; k < row.size(); ++k) exact += double{row[k]} * x[k];
    const float wrong = dot_in_16_sums(row, x);
    EXPECT_NEAR(wrong, exact, 1e-4);
    if (wrong != dot(row, x)) ++differ;
  }
  EXPECT_GT(differ, 10u) << "a comparison of bits must see another order of adding, " << kPage;
}

// The answer of exercise 13.5.
TEST(Ch13KnownWrong, FiveWeightsTellTheTwoApart) {
  const std::vector<float> row = {0x1p24f, 0, 1, 0, -0x1p24f}, x(5, 1);
  EXPECT_EQ(dot(row, x), 0);
  EXPECT_EQ(dot_in_16_sums(row, x), 1);
}

}  // namespace
}  // namespace tokenwalk
