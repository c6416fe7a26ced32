#include <gtest/gtest.h>

#include <cstdint>

#include "lib/kernels/packed/packed_matrix.h"
#include "tests/kernels/exact_test.h"

namespace tokenwalk {
namespace {

struct Shape {
  std::size_t n_out = 0, n_in = 0, n_rows = 0;
  WeightFormat format = WeightFormat::kF32;
};

constexpr WeightFormat kAllFormats[] = {WeightFormat::kF32, WeightFormat::kBF16,
                                        WeightFormat::kQ8_0, WeightFormat::kQ4_1};

std::ostream& operator<<(std::ostream& out, const Shape& s) {
  return out << s.n_out << " outputs, " << s.n_in << " inputs, " << s.n_rows << " rows, "
             << weight_format_name(s.format);
}

class MatmulTest : public ExactTest {
 protected:
  std::string find_difference(Shape shape, std::size_t n_threads, Numbers kind, Dice& dice) const {
    const DrawnWeights w = draw_weights(dice, shape.format, shape.n_out, shape.n_in, kind);
    const std::vector<float> x = draw_numbers(dice, shape.n_rows * shape.n_in, kind);
    const auto multiply = [&](const KernelSet& set) {
      std::vector<float> y(shape.n_rows * shape.n_out, -7);
      set.matmul(*set.pack(w.view), x.data(), shape.n_rows, y.data());
      return y;
    };
    return difference(n_threads, shape.n_out, multiply(reference()), multiply(kernels(n_threads)));
  }
};

TEST_P(MatmulTest, EqualsTheReference) {
  check_property(400, [&] {
    const Shape shape = {pick("outputs", 1, 300), pick("inputs", 1, 300), pick("rows", 1, 20),
                         pick_format()};
    const std::size_t n_threads = pick("threads", 1, 4);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::string difference = find_difference(shape, n_threads, kind, dice);
    RC_ASSERT(difference == "");
  });
}

// Across the borders of blocks of 32 terms, lines of 16 outputs, tiles and parts for threads.
TEST_P(MatmulTest, EqualsTheReferenceAtBorders) {
  Dice dice(3);
  for (const std::size_t n_out : {15, 16, 17, 47, 48, 49, 96, 97, 193}) {
    for (const std::size_t n_in : {31, 32, 33, 63, 64, 65}) {
      for (std::size_t n_rows = 1; n_rows <= 9; ++n_rows) {
        for (const WeightFormat format : kAllFormats) {
          const Shape shape = {n_out, n_in, n_rows, format};
          EXPECT_EQ(find_difference(shape, 1 + n_rows % 4, Numbers::kOrdinary, dice), "") << shape;
        }
      }
    }
  }
}

TEST_P(MatmulTest, EqualsTheReferenceWhenLarge) {
  Dice dice(4);
  for (Shape shape : {Shape{97, 5000, 3}, {1000, 33, 1}, {200, 100, 130}, {17, 48, 600}}) {
    for (const WeightFormat format : kAllFormats) {
      shape.format = format;
      for (std::size_t n_threads = 1; n_threads <= 4; ++n_threads) {
        EXPECT_EQ(find_difference(shape, n_threads, Numbers::kOrdinary, dice), "") << shape;
      }
    }
  }
}

TEST_P(MatmulTest, OutputsBeyondTheLastStayAlone) {
  const std::vector<float> w(3 * 4, 1), x(2 * 4, 1);
  std::vector<float> y(2 * 3 + 16, -7);
  kernels(1).matmul(*kernels(1).pack(MatrixView{w.data(), 3, 4}), x.data(), 2, y.data());
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(y[i], i < 6 ? 4 : -7) << i;
}

TEST_P(MatmulTest, PackingKeepsEveryNumber) {
  check_property(50, [&] {
    const std::size_t n_out = pick("outputs", 1, 100), n_in = pick("inputs", 1, 100);
    const std::size_t n_threads = pick("threads", 1, 4);
    Dice dice = pick_dice();
    const DrawnWeights w = draw_weights(dice, pick_format(), n_out, n_in, Numbers::kSpecial);
    const auto packed = kernels(n_threads).pack(w.view);
    std::vector<float> expected(n_out * n_in), rows(n_out * n_in);
    for (std::size_t o = 0; o < n_out; ++o) {
      read_row(w.view.row(o), {expected.data() + o * n_in, n_in});
      kernels(n_threads).unpack_row(*packed, o, {rows.data() + o * n_in, n_in});
    }
    const std::string found = difference(n_threads, n_in, expected, rows);
    RC_ASSERT(found == "");
  });
}

INSTANTIATE_TEST_SUITE_P(Targets, MatmulTest, testing::ValuesIn(all_targets()), target_name);

TEST(PackedMatrix, HasLinesOf16OutputsFilledUpWithZeros) {
  ThreadPool pool(2);
  const auto set = packed_kernel_sets(pool);
  constexpr std::size_t kOut = 19, kIn = 5;
  std::vector<float> w(kOut * kIn);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(i + 1);
  const auto matrix = set.front()->pack(MatrixView{w.data(), kOut, kIn});
  const auto& packed = static_cast<const PackedMatrix&>(*matrix);
  ASSERT_EQ(packed.lines.size(), 2 * kIn * 16 * sizeof(float));
  const auto* lines = packed.lines_of<float>(0);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(lines) % 64, 0u);
  for (std::size_t o = 0; o < 32; ++o) {
    for (std::size_t k = 0; k < kIn; ++k) {
      const float expected = o < kOut ? w[o * kIn + k] : 0;
      EXPECT_EQ(lines[o / 16 * kIn * 16 + k * 16 + o % 16], expected);
    }
  }
}

}  // namespace
}  // namespace tokenwalk
