#include <cmath>

#include "chapters/04_transformer/layers.h"
#include "lib/base/check.h"
#include "lib/kernels/cuda/operations.h"
#include "tests/cuda/device_test.h"
#include "tests/kernels/exact_test.h"

namespace tokenwalk {
namespace {

struct Shape {
  std::size_t n_out, n_in, n_rows;
};

class DeviceOperations : public DeviceTest {
 protected:
  std::string product_difference(Shape s, Numbers kind, Dice& dice) const {
    const std::vector<float> w = draw_numbers(dice, s.n_out * s.n_in, kind);
    const std::vector<float> x = draw_numbers(dice, s.n_rows * s.n_in, kind);
    const auto multiply = [&](const KernelSet& set) {
      std::vector<float> y(s.n_rows * s.n_out, -7);
      set.matmul(*set.pack({w.data(), s.n_out, s.n_in}), x.data(), s.n_rows, y.data());
      return y;
    };
    return difference(s.n_out, multiply(reference()), multiply(kernels()));
  }

  cuda::DeviceArray<float> upload(const std::vector<float>& values) const {
    cuda::DeviceArray<float> array(device(), values.size());
    array.upload(values.data(), values.size());
    return array;
  }

  std::vector<float> download(const cuda::DeviceArray<float>& array) const {
    std::vector<float> values(array.size());
    array.download(values.data(), values.size());
    return values;
  }
};

TEST_P(DeviceOperations, ProductsEqualTheReference) {
  check_property(60, [&] {
    const Shape shape = {pick("outputs", 1, 200), pick("inputs", 1, 300), pick("rows", 1, 24)};
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::string found = product_difference(shape, kind, dice);
    RC_ASSERT(found == "");
  });
}

// Across the borders of units of 32 terms, groups of 4 units and 8 outputs, tiles of 64 by 64, the
// numbers of rows that kernels are made for, and rounds of 256 and 128 units.
TEST_P(DeviceOperations, ProductsEqualTheReferenceAtBorders) {
  Dice dice(3);
  for (const std::size_t n_rows : {1, 2, 4, 5, 8, 9, 16, 17, 63, 64, 65}) {
    for (const std::size_t n_in : {31, 32, 33, 64, 127, 128, 129}) {
      for (const std::size_t n_out : {7, 8, 65}) {
        const Shape shape = {n_out, n_in, n_rows};
        EXPECT_EQ(product_difference(shape, Numbers::kOrdinary, dice), "")
            << n_out << " outputs, " << n_in << " inputs, " << n_rows << " rows";
      }
    }
  }
  for (const Shape shape : {Shape{9, 8191, 1}, {9, 8193, 1}, {9, 8224, 3}, {9, 4097, 8}}) {
    EXPECT_EQ(product_difference(shape, Numbers::kOrdinary, dice), "")
        << shape.n_in << " inputs, " << shape.n_rows << " rows";
  }
}

// Three matrices in one launch, biases, and the sum with what is there.
TEST_P(DeviceOperations, ProductsTakePartsBiasesAndResiduals) {
  Dice dice(4);
  for (const std::size_t n_rows : {1, 3, 7, 20, 70}) {
    const std::size_t n_in = 96;
    const std::vector<float> x = dice.floats(n_rows * n_in);
    const auto in = upload(x);
    for (const bool adds : {false, true}) {
      std::vector<std::unique_ptr<Matrix>> matrices;
      std::vector<std::vector<float>> expected;
      std::vector<cuda::DeviceArray<float>> biases, outs;
      std::vector<cuda::Multiplied> parts;
      for (const std::size_t n_out : {70, 9, 130}) {
        const std::vector<float> w = dice.floats(n_out * n_in), bias = dice.floats(n_out);
        const bool has_bias = n_out != 9;
        std::vector<float> there = dice.floats(n_rows * n_out), y(there.size());
        reference().matmul(*reference().pack({w.data(), n_out, n_in}), x.data(), n_rows, y.data());
        for (std::size_t i = 0; i < y.size(); ++i) {
          if (has_bias) y[i] = y[i] + bias[i % n_out];
          if (adds) y[i] = there[i] + y[i];
        }
        expected.push_back(y);
        matrices.push_back(kernels().pack({w.data(), n_out, n_in}));
        biases.push_back(upload(bias));
        outs.push_back(upload(there));
        parts.push_back({static_cast<const cuda::CudaMatrix*>(matrices.back().get()),
                         has_bias ? biases.back().data() : nullptr, outs.back().data()});
      }
      cuda::multiply(device(), parts, in.data(), n_rows, adds);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        EXPECT_EQ(difference(matrices[i]->n_out, expected[i], download(outs[i])), "")
            << "part " << i << ", " << n_rows << " rows, adds " << adds;
      }
    }
  }
}

TEST_P(DeviceOperations, PackingKeepsEveryNumber) {
  Dice dice(5);
  for (const std::size_t n_in : {1, 31, 40, 129}) {
    const std::size_t n_out = 19;
    const std::vector<float> w = draw_numbers(dice, n_out * n_in, Numbers::kSpecial);
    const auto packed = kernels().pack({w.data(), n_out, n_in});
    std::vector<float> rows(w.size());
    for (std::size_t o = 0; o < n_out; ++o) {
      kernels().unpack_row(*packed, o, {rows.data() + o * n_in, n_in});
    }
    EXPECT_EQ(difference(n_in, w, rows), "");
  }
}

// Weights as they are stored, widened: the bits of the processor's f32 mode.
TEST_P(DeviceOperations, EveryFormatGivesTheProductsOfItsWidenedWeights) {
  Dice dice(13);
  for (const WeightFormat format :
       {WeightFormat::kF32, WeightFormat::kBF16, WeightFormat::kQ8_0, WeightFormat::kQ4_1}) {
    for (const Shape s :
         {Shape{70, 96, 1}, {9, 160, 3}, {33, 100, 8}, {70, 70, 70}, {1100, 33, 2}}) {
      const std::size_t row_bytes = weight_row_bytes(format, s.n_in);
      std::vector<std::byte> stored(s.n_out * row_bytes);
      std::vector<float> wide(s.n_out * s.n_in);
      for (std::size_t o = 0; o < s.n_out; ++o) {
        write_row(dice.floats(s.n_in), format, stored.data() + o * row_bytes);
        read_row({stored.data() + o * row_bytes, s.n_in, format},
                 {wide.data() + o * s.n_in, s.n_in});
      }
      const std::vector<float> x = dice.floats(s.n_rows * s.n_in);
      std::vector<float> expected(s.n_rows * s.n_out), got(expected.size()), row(s.n_in);
      reference().matmul(*reference().pack({wide.data(), s.n_out, s.n_in}), x.data(), s.n_rows,
                         expected.data());
      const auto packed = kernels().pack({stored.data(), s.n_out, s.n_in, format});
      kernels().matmul(*packed, x.data(), s.n_rows, got.data());
      EXPECT_EQ(difference(s.n_out, expected, got), "")
          << weight_format_name(format) << ", " << s.n_out << " x " << s.n_in << ", " << s.n_rows;
      kernels().unpack_row(*packed, s.n_out - 1, row);
      EXPECT_EQ(difference(s.n_in, {wide.data() + (s.n_out - 1) * s.n_in, s.n_in}, row), "");
    }
  }
}

TEST_P(DeviceOperations, RmsnormEqualsTheReference) {
  check_property(60, [&] {
    const std::size_t n = pick("numbers", 1, 300), n_rows = pick("rows", 1, 5);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::vector<float> x = draw_numbers(dice, n * n_rows, kind);
    const std::vector<float> weight = draw_numbers(dice, n, kind);
    std::vector<float> expected(x.size()), got(x.size());
    reference().rmsnorm(x.data(), weight, 1e-5f, n_rows, expected.data());
    kernels().rmsnorm(x.data(), weight, 1e-5f, n_rows, got.data());
    RC_ASSERT(difference(n, expected, got) == "");
  });
  Dice dice(6);
  for (const std::size_t n : {4095, 4096, 4097, 9001}) {  // rounds of 4,096
    const std::vector<float> x = dice.floats(n), weight = dice.floats(n);
    std::vector<float> expected(n), got(n);
    reference().rmsnorm(x.data(), weight, 1e-6f, 1, expected.data());
    kernels().rmsnorm(x.data(), weight, 1e-6f, 1, got.data());
    EXPECT_EQ(difference(n, expected, got), "") << n;
  }
}

TEST_P(DeviceOperations, RmsnormTakesTheRowsThatAreNamed) {
  Dice dice(7);
  const std::size_t n = 50;
  const std::vector<float> x = dice.floats(4 * n), weight = dice.floats(n);
  const std::vector<std::uint32_t> rows = {3, 1};
  cuda::DeviceArray<std::uint32_t> named(device(), rows.size());
  named.upload(rows.data(), rows.size());
  const auto in = upload(x), scales = upload(weight), out = upload(std::vector<float>(2 * n));
  cuda::rmsnorm(device(), {in.data(), named.data(), scales.data(), out.data(), n, 1e-5f}, 2);
  std::vector<float> expected(2 * n);
  for (std::size_t r = 0; r < 2; ++r) {
    reference().rmsnorm(x.data() + rows[r] * n, weight, 1e-5f, 1, expected.data() + r * n);
  }
  EXPECT_EQ(difference(n, expected, download(out)), "");
}

TEST_P(DeviceOperations, RotateEqualsTheReference) {
  check_property(60, [&] {
    const std::size_t half = pick("half of head_dim", 1, 150), n_heads = pick("heads", 1, 8);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::vector<float> cosines = draw_numbers(dice, half, kind);
    const std::vector<float> sines = draw_numbers(dice, half, kind);
    std::vector<float> expected = draw_numbers(dice, n_heads * 2 * half, kind), got = expected;
    reference().rotate(expected.data(), n_heads, 2 * half, {cosines.data(), sines.data()});
    kernels().rotate(got.data(), n_heads, 2 * half, {cosines.data(), sines.data()});
    RC_ASSERT(difference(2 * half, expected, got) == "");
  });
}

TEST_P(DeviceOperations, AnglesEqualTheReference) {
  const std::vector<float> frequencies = rotary_frequencies(128, 500000);
  const std::vector<std::uint32_t> positions = {0, 1, 2, 17, 255, 4095, 8191, 131071, 1000000};
  const std::size_t half = frequencies.size(), n = positions.size();
  cuda::DeviceArray<std::uint32_t> places(device(), n);
  places.upload(positions.data(), n);
  const auto turns = upload(frequencies);
  const auto cosines = upload(std::vector<float>(n * half)),
             sines = upload(std::vector<float>(n * half));
  cuda::rotary_angles(
      device(),
      {places.data(), turns.data(), cosines.data(), sines.data(), static_cast<std::uint32_t>(half)},
      n);
  std::vector<float> c(n * half), s(n * half);
  for (std::size_t r = 0; r < n; ++r) {
    rotary_angles(positions[r], frequencies, {c.data() + r * half, half},
                  {s.data() + r * half, half});
  }
  EXPECT_EQ(difference(half, c, download(cosines)), "");
  EXPECT_EQ(difference(half, s, download(sines)), "");
}

TEST_P(DeviceOperations, SiluGateAndAddEqualTheReference) {
  Dice dice(8);
  for (const Numbers kind : {Numbers::kOrdinary, Numbers::kWide, Numbers::kSpecial}) {
    for (const std::size_t n : {1, 255, 256, 257, 20003}) {
      std::vector<float> expected = draw_numbers(dice, n, kind), got = expected;
      for (float& x : expected) x *= 20;  // over the range of exp
      got = expected;
      const std::vector<float> other = draw_numbers(dice, n, kind);
      reference().silu_gate(expected.data(), other.data(), n);
      kernels().silu_gate(got.data(), other.data(), n);
      EXPECT_EQ(difference(n, expected, got), "");
      reference().add(expected.data(), other.data(), n);
      kernels().add(got.data(), other.data(), n);
      EXPECT_EQ(difference(n, expected, got), "");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(On, DeviceOperations, testing::ValuesIn(all_devices()), device_name);

}  // namespace
}  // namespace tokenwalk
