#include "lib/io/narrow.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "lib/base/error.h"
#include "lib/base/half.h"
#include "lib/base/rng.h"
#include "lib/io/widen.h"

namespace tokenwalk {
namespace {

float from_bits(std::uint32_t bits) {
  return std::bit_cast<float>(bits);
}

// Any float, by its bits.
float random_float(std::uint64_t i) {
  return from_bits(static_cast<std::uint32_t>(uniform_draw(5, 0, i) * 0x1p32));
}

// Whether `bits` is the nearest of its neighbours in a format whose values grow with their bits,
// and the even one of two that are equally near. Beyond the largest the next step counts.
template <typename Widen>
bool is_nearest_even(double value, std::uint16_t bits, Widen widen16) {
  const auto distance = [&](std::uint16_t candidate) {
    return std::abs(widen16(candidate) - value);
  };
  for (const int step : {-1, 1}) {
    const auto neighbour = static_cast<std::uint16_t>(bits + step);
    if ((bits & 0x7FFFu) == 0 && step == -1) continue;
    if (distance(neighbour) < distance(bits)) return false;
    if (distance(neighbour) == distance(bits) && bits % 2 != 0) return false;
  }
  return true;
}

// The formats' values with infinity replaced by the next power of two, as rounding sees it.
double half_value(std::uint16_t bits) {
  if ((bits & 0x7FFFu) == 0x7C00u) return bits & 0x8000u ? -65536.0 : 65536.0;
  return float_from_half(bits);
}
double bfloat_value(std::uint16_t bits) {
  if ((bits & 0x7FFFu) == 0x7F80u) return bits & 0x8000u ? -0x1p128 : 0x1p128;
  return float_from_bfloat16(bits);
}

TEST(Narrow, EveryHalfAndBfloatComesBack) {
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    const auto b = static_cast<std::uint16_t>(bits);
    if (!std::isnan(float_from_half(b))) {
      ASSERT_EQ(half_from_float(float_from_half(b)), b);
    }
    if (!std::isnan(float_from_bfloat16(b))) {
      ASSERT_EQ(bfloat16_from_float(float_from_bfloat16(b)), b);
    }
  }
}

TEST(Narrow, RoundsToTheNearestEven) {
  for (std::uint64_t i = 0; i < 300000; ++i) {
    // Half of them within the range of halves, some exactly between two.
    float value = random_float(i);
    if (i % 2 == 0)
      value = std::ldexp(std::copysign(1 + std::fmod(std::abs(value), 1.0f), value),
                         static_cast<int>(i % 45) - 27);
    if (i % 6 == 0) value = from_bits(std::bit_cast<std::uint32_t>(value) & 0xFFFFF000u);
    if (std::isnan(value)) continue;
    if (std::abs(value) < 65536) {
      ASSERT_TRUE(is_nearest_even(value, half_from_float(value), half_value)) << value;
    }
    if (std::isfinite(value)) {
      ASSERT_TRUE(is_nearest_even(value, bfloat16_from_float(value), bfloat_value)) << value;
    }
  }
}

TEST(Narrow, InfinityAndNaN) {
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(half_from_float(inf), 0x7C00);
  EXPECT_EQ(half_from_float(-1e30f), 0xFC00);
  EXPECT_EQ(half_from_float(65519.996f), 0x7BFF);
  EXPECT_EQ(half_from_float(65520.0f), 0x7C00);
  EXPECT_EQ(bfloat16_from_float(-inf), 0xFF80);
  EXPECT_EQ(bfloat16_from_float(std::numeric_limits<float>::max()), 0x7F80);
  for (const std::uint32_t nan : {0x7F800001u, 0xFFFFFFFFu, 0x7FC00000u, 0x7F80FFFFu}) {
    EXPECT_TRUE(std::isnan(float_from_half(half_from_float(from_bits(nan)))));
    EXPECT_TRUE(std::isnan(float_from_bfloat16(bfloat16_from_float(from_bits(nan)))));
  }
}

std::vector<float> through_q8(const std::vector<float>& values) {
  const std::vector<std::byte> bytes = narrow_row(values, DType::kQ8_0);
  return widen(StoredTensor{"t", DType::kQ8_0, "", {values.size()}, bytes});
}

TEST(Narrow, Q8FollowsItsRule) {
  std::vector<float> row(96);
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = static_cast<float>(uniform_draw(9, 1, i) - 0.5) * (i < 64 ? 1.0f : 1e-9f);
  }
  row[40] = 12.75f;
  const std::vector<std::byte> bytes = narrow_row(row, DType::kQ8_0);
  ASSERT_EQ(bytes.size(), 3u * 34);
  for (std::size_t block = 0; block < 3; ++block) {
    float amax = 0;
    for (std::size_t i = 0; i < 32; ++i) amax = std::max(amax, std::abs(row[block * 32 + i]));
    std::uint16_t bits;
    std::memcpy(&bits, &bytes[block * 34], sizeof bits);
    ASSERT_EQ(bits, half_from_float(amax / 127.0f));
    const float d = float_from_half(bits);
    for (std::size_t i = 0; i < 32; ++i) {
      const int q = std::to_integer<std::int8_t>(bytes[block * 34 + 2 + i]);
      const float w = row[block * 32 + i];
      const double expected =
          d == 0 ? 0 : std::min(127.0, std::max(-127.0, std::nearbyint(double{w / d})));
      ASSERT_EQ(q, expected) << "block " << block << " number " << i;
    }
  }
  EXPECT_EQ(float_from_half(half_from_float(1e-9f / 127)), 0) << "the last block has d = 0";
}

// d = half(amax / 127) may round down, and amax / d up to 128: the clamp.
TEST(Narrow, Q8NeverReaches128) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    std::vector<float> row(32, 0.0f);
    row[0] =
        -static_cast<float>(std::ldexp(1 + uniform_draw(3, 0, i), -18 + static_cast<int>(i % 12)));
    for (const float value : through_q8(row)) ASSERT_LE(std::abs(value), std::abs(row[0]) * 1.01f);
    const std::byte first = narrow_row(row, DType::kQ8_0)[2];
    ASSERT_GE(std::to_integer<std::int8_t>(first), -127);
  }
}

TEST(Narrow, Q8RefusesWhatItCannotHold) {
  const float inf = std::numeric_limits<float>::infinity();
  for (const float bad : {inf, -inf, std::nanf(""), 3e38f, 127 * 65520.0f}) {
    std::vector<float> row(32, 1.0f);
    row[7] = bad;
    EXPECT_THROW(narrow_row(row, DType::kQ8_0), Error) << bad;
  }
  std::vector<float> largest(32, 127 * 65504.0f);
  EXPECT_EQ(through_q8(largest), largest);
}

}  // namespace
}  // namespace tokenwalk
