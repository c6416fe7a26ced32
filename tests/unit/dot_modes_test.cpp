// The products of bf16, q8_0 and q4_1 in lib/base/dot.h: the rules word for word, by another way of
// computing, and their error against float64.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "lib/base/dot.h"
#include "lib/base/flushed.h"
#include "lib/base/half.h"
#include "lib/base/rng.h"
#include "tests/support/special_values.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tokenwalk {
namespace {

std::uint32_t plain_bits(float x) {
  return std::isnan(x) ? 0x7fc00000u : std::bit_cast<std::uint32_t>(x);
}

std::vector<float> scaled_vector(std::size_t n, std::uint32_t stream, double scale = 1) {
  std::vector<float> values;
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back(static_cast<float>(scale * (uniform_draw(9, stream, i) - 0.5)));
  }
  return values;
}

// A row rounded to a format.
struct Row {
  Row(const std::vector<float>& values, WeightFormat f)
      : size(values.size()), format(f), bytes(weight_row_bytes(f, size)) {
    write_row(values, f, bytes.data());
  }
  operator WeightRow() const { return {bytes.data(), size, format}; }
  std::vector<float> values() const {
    std::vector<float> out(size);
    read_row(*this, out);
    return out;
  }

  std::size_t size;
  WeightFormat format;
  std::vector<std::byte> bytes;
};

// ---- flushing ----------------------------------------------------------------------------------

#if defined(__x86_64__)
// What the processor itself computes while MXCSR says flush. The asm keeps it in this order.
__attribute__((target("fma"))) float hardware_fma(float a, float b, float c) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  __m128 x = _mm_set_ss(a), y = _mm_set_ss(b), z = _mm_set_ss(c);
  asm volatile("vfmadd231ss %2, %1, %0" : "+x"(z) : "x"(x), "x"(y));
  _mm_setcsr(before);
  return _mm_cvtss_f32(z);
}

TEST(Flushed, FmaEqualsTheProcessorsAroundTheSmallestNormal) {
  if (!__builtin_cpu_supports("fma")) GTEST_SKIP() << "this processor has no fma instruction";
  for (std::uint64_t i = 0; i < 2000000; ++i) {
    const auto draw = [i](std::uint32_t stream) { return uniform_draw(3, stream, i); };
    const float a =
        std::ldexp(static_cast<float>(1 + draw(0)), -static_cast<int>(60 + draw(4) * 8));
    const float b =
        std::ldexp(static_cast<float>(1 + draw(1)), -static_cast<int>(58 + draw(5) * 8));
    // c so that the sum falls within a few units of the border, on either side of zero.
    const double sign = draw(2) < 0.5 ? -1 : 1;
    const double wanted = sign * (0x1p-126 + std::round((draw(3) - 0.5) * 8) * 0x1p-151);
    const float c = flushed(static_cast<float>(wanted - double{a} * b));
    ASSERT_EQ(plain_bits(flushed_fma(a, b, c)), plain_bits(hardware_fma(a, b, c)))
        << std::hexfloat << a << " * " << b << " + " << c;
  }
}
#endif

TEST(Flushed, RoundsFirstWithAnEndlessExponent) {
  // 2^-126 - 1.5 * 2^-151 rounds to 2^-126 among subnormals, but is below with 24 bits.
  const float c = 0x1p-125f;
  const auto sum_to = [&](double wanted) {  // a * b = wanted - c, exactly
    const double product = wanted - c;
    int exponent = 0;
    const double fraction = std::frexp(product, &exponent);
    return flushed_fma(static_cast<float>(std::ldexp(fraction, 1)), std::ldexp(1.0f, exponent - 1),
                       c);
  };
  EXPECT_EQ(plain_bits(sum_to(0x1p-126)), plain_bits(0x1p-126f));
  EXPECT_EQ(plain_bits(flushed_fma(0x1.fffffep-1f, 0x1p-126f, 0)), plain_bits(0.0f))
      << "below, exactly";
  EXPECT_EQ(plain_bits(flushed_fma(-0x1p-100f, 0x1p-100f, 0)), plain_bits(-0.0f))
      << "zero of its sign";
  EXPECT_EQ(plain_bits(flushed_add(0x1.8p-126f, -0x1p-126f)), plain_bits(0.0f));
  EXPECT_EQ(plain_bits(flushed_add(-0x1.8p-126f, 0x1p-126f)), plain_bits(-0.0f));
  EXPECT_TRUE(std::isnan(flushed_fma(kNan, 1, 1)));
  EXPECT_EQ(flushed_fma(kInf, 1, 1), kInf);
}

// ---- bf16 --------------------------------------------------------------------------------------

TEST(DotModes, Bf16IsThePlainRuleOnRoundedNumbers) {
  for (std::size_t n = 0; n <= 200; ++n) {  // nothing here comes near the subnormals
    const std::vector<float> x = scaled_vector(n, 1);
    const Row row(scaled_vector(n, 2), WeightFormat::kBF16);
    std::vector<float> rounded;
    for (const float v : x) rounded.push_back(float_from_bfloat16(bfloat16_from_float(v)));
    EXPECT_EQ(plain_bits(dot(row, Activations(x, WeightFormat::kBF16))),
              plain_bits(dot(row.values(), rounded)))
        << n;
  }
}

TEST(DotModes, Bf16FlushesOperandsAndResults) {
  const auto product = [](float w, float x) {
    return dot(Row({w}, WeightFormat::kBF16),
               Activations(std::vector<float>{x}, WeightFormat::kBF16));
  };
  EXPECT_EQ(product(0x1p-130f, 0x1p10f), 0) << "a subnormal weight counts as zero";
  EXPECT_EQ(product(0x1p10f, 0x1p-130f), 0) << "a subnormal activation too";
  EXPECT_EQ(product(0x1p-100f, 0x1p-27f), 0) << "and a result";
  EXPECT_EQ(product(0x1p-100f, 0x1p-26f), 0x1p-126f);
  EXPECT_TRUE(std::isnan(product(kNan, 1)));
  EXPECT_EQ(product(kInf, 1), kInf);
}

// ---- q8_0 and q4_1 -----------------------------------------------------------------------------

TEST(DotModes, IntegersFollowTheirRule) {
  for (const std::size_t n : {1, 5, 31, 32, 33, 64, 97, 320}) {
    const std::vector<float> x = scaled_vector(n, 3, 8);
    const Row eight(scaled_vector(n, 4), WeightFormat::kQ8_0);
    const Row four(scaled_vector(n, 5), WeightFormat::kQ4_1);
    const auto* w8 = reinterpret_cast<const Q8Block*>(eight.bytes.data());
    const auto* w4 = reinterpret_cast<const Q4Block*>(four.bytes.data());
    float acc8 = 0, acc4 = 0;
    for (std::size_t b = 0; b * 32 < n; ++b) {
      const std::size_t end = std::min<std::size_t>(n - b * 32, 32);
      float amax = 0;
      for (std::size_t k = 0; k < end; ++k) amax = std::max(amax, std::fabs(x[b * 32 + k]));
      const float dx = amax / 127.0f, scale = 127.0f / amax;
      std::int64_t sum8 = 0, sum4 = 0, sum_x = 0;
      for (std::size_t k = 0; k < end; ++k) {
        const auto q = static_cast<std::int64_t>(std::rint(x[b * 32 + k] * scale));
        const int byte = w4[b].q[k % 16];
        sum8 += q * w8[b].q[k];
        sum4 += q * (k < 16 ? byte % 16 : byte / 16);
        sum_x += q;
      }
      acc8 = std::fma(static_cast<float>(sum8), float_from_half(w8[b].d) * dx, acc8);
      acc4 = std::fma(static_cast<float>(sum4), float_from_half(w4[b].d) * dx, acc4);
      acc4 = std::fma(float_from_half(w4[b].m), dx * static_cast<float>(sum_x), acc4);
    }
    EXPECT_EQ(plain_bits(dot(eight, Activations(x, WeightFormat::kQ8_0))), plain_bits(acc8)) << n;
    EXPECT_EQ(plain_bits(dot(four, Activations(x, WeightFormat::kQ4_1))), plain_bits(acc4)) << n;
  }
}

TEST(DotModes, ErrorsAreThoseOfTheRounding) {
  const std::size_t n = 1536;
  for (std::uint32_t trial = 0; trial < 20; ++trial) {
    const std::vector<float> x = scaled_vector(n, 10 + trial), w = scaled_vector(n, 50 + trial);
    double exact = 0, squares = 0;
    for (std::size_t k = 0; k < n; ++k) {
      exact += double{x[k]} * w[k];
      squares += double{x[k]} * x[k] * w[k] * w[k];
    }
    // In units of the norm of the products: a step of the format over its block's greatest number.
    const auto off = [&](WeightFormat format) {
      return std::fabs(dot(Row(w, format), Activations(x, format)) - exact) / std::sqrt(squares);
    };
    EXPECT_LT(off(WeightFormat::kF32), 1e-6);
    EXPECT_LT(off(WeightFormat::kBF16), 4 * std::ldexp(1, -8));
    EXPECT_LT(off(WeightFormat::kQ8_0), 4 * 1.0 / 127);
    EXPECT_LT(off(WeightFormat::kQ4_1), 4 * 1.0 / 15);
    EXPECT_GT(off(WeightFormat::kQ4_1), off(WeightFormat::kF32));
  }
}

TEST(DotModes, BrokenAndTinyBlocksOfActivations) {
  std::vector<float> x(64, 1.0f);
  x[40] = kInf;
  const Activations broken(x, WeightFormat::kQ8_0);
  EXPECT_FALSE(std::isnan(broken.blocks()[0].d));
  EXPECT_TRUE(std::isnan(broken.blocks()[1].d));
  EXPECT_EQ(broken.blocks()[1].q[0], 0);
  EXPECT_TRUE(std::isnan(dot(Row(std::vector<float>(64, 1), WeightFormat::kQ8_0), broken)));

  const std::vector<float> faint(32, 0.99e-30f);
  EXPECT_EQ(Activations(faint, WeightFormat::kQ4_1).blocks()[0].d, 0);
  const std::vector<float> least(32, 1e-30f);
  EXPECT_EQ(Activations(least, WeightFormat::kQ4_1).blocks()[0].q[5], 127);
}

// ---- rows --------------------------------------------------------------------------------------

TEST(WeightRows, RoundingIsWithinHalfAStep) {
  const std::vector<float> w = scaled_vector(100, 6, 3);
  const std::vector<float> eight = Row(w, WeightFormat::kQ8_0).values();
  const std::vector<float> four = Row(w, WeightFormat::kQ4_1).values();
  for (std::size_t i = 0; i < w.size(); ++i) {
    EXPECT_NEAR(eight[i], w[i], 1.5 / 127 * 0.51) << i;
    EXPECT_NEAR(four[i], w[i], 3.0 / 15 * 0.51) << i;
  }
}

TEST(WeightRows, ConstantsAndZerosStay) {
  for (const float value : {0.0f, 0.5f, -2.0f}) {
    const std::vector<float> w(40, value);
    EXPECT_EQ(Row(w, WeightFormat::kQ4_1).values(), w) << value;
  }
  const std::vector<float> zeros(40);
  EXPECT_EQ(Row(zeros, WeightFormat::kQ8_0).values(), zeros);
}

}  // namespace
}  // namespace tokenwalk
