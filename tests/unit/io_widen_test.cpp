#include "lib/io/widen.h"

#include <bit>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "lib/base/check.h"
#include "lib/base/data_path.h"
#include "lib/base/half.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

std::uint32_t bits(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

StoredTensor tensor_of(DType dtype, std::vector<std::size_t> shape, const std::string& bytes) {
  return {"t", dtype, "", std::move(shape), std::as_bytes(std::span(bytes))};
}

TEST(Half, HasTheValueOfItsParts) {
  for (unsigned half = 0; half < 0x10000; ++half) {
    const int exponent = (half >> 10) & 31;
    const int fraction = half & 1023;
    const double sign = half & 0x8000 ? -1 : 1;
    const float got = float_from_half(static_cast<std::uint16_t>(half));
    if (exponent == 31 && fraction != 0) {
      ASSERT_TRUE(std::isnan(got)) << std::hex << half;
    } else if (exponent == 31) {
      ASSERT_EQ(got, sign * INFINITY) << std::hex << half;
    } else {
      const double magnitude =
          exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      ASSERT_EQ(bits(got), bits(static_cast<float>(sign * magnitude))) << std::hex << half;
    }
  }
}

TEST(BFloat16, IsTheUpperHalfOfAFloat) {
  for (const float value : {0.0f, -0.0f, 1.0f, -2.5f, INFINITY, 0x1p-133f}) {
    EXPECT_EQ(bits(float_from_bfloat16(static_cast<std::uint16_t>(bits(value) >> 16))),
              bits(value));
  }
  EXPECT_TRUE(std::isnan(float_from_bfloat16(0x7FC0)));
}

TEST(Widen, FollowsTheFormulaOfEachBlock) {
  // d = 0.5, m = -2; numbers 0..15 in the low halves, 15 in all high halves.
  const std::string d = bytes_of(std::uint16_t{0x3800});
  const std::string m = bytes_of(std::uint16_t{0xC000});
  std::string halves;
  for (int i = 0; i < 16; ++i) halves.push_back(static_cast<char>(0xF0 | i));
  std::string eights;
  for (int i = 0; i < 32; ++i) eights.push_back(static_cast<char>(i - 16));

  const std::string q4_0_bytes = d + halves;
  const std::string q4_1_bytes = d + m + halves;
  const std::string q8_0_bytes = d + eights;
  const auto q4_0 = widen(tensor_of(DType::kQ4_0, {32}, q4_0_bytes));
  const auto q4_1 = widen(tensor_of(DType::kQ4_1, {32}, q4_1_bytes));
  const auto q8_0 = widen(tensor_of(DType::kQ8_0, {32}, q8_0_bytes));
  for (int i = 0; i < 32; ++i) {
    const int q = i < 16 ? i : 15;
    EXPECT_EQ(q4_0[i], 0.5f * static_cast<float>(q - 8)) << i;
    EXPECT_EQ(q4_1[i], 0.5f * static_cast<float>(q) - 2.0f) << i;
    EXPECT_EQ(q8_0[i], 0.5f * static_cast<float>(i - 16)) << i;
  }
}

TEST(Widen, GivesOneRow) {
  const std::string bytes = float_bytes({1, 2, 3, 4, 5, 6});
  const StoredTensor tensor = tensor_of(DType::kF32, {3, 2}, bytes);
  std::vector<float> row(2);
  widen_row(tensor, 2, row);
  EXPECT_EQ(row, (std::vector<float>{5, 6}));
  EXPECT_THROW(widen_row(tensor, 3, row), CheckFailure);
  row.resize(3);
  EXPECT_THROW(widen_row(tensor, 0, row), CheckFailure);
}

TEST(Widen, ChecksItsCaller) {
  const std::string bytes(34, '\0');
  std::vector<float> out(40);
  EXPECT_THROW(widen_row(tensor_of(DType::kQ8_0, {40}, bytes), 0, out), CheckFailure);
  EXPECT_THROW(widen_row(tensor_of(DType::kOther, {40}, bytes), 0, out), CheckFailure);
  EXPECT_THROW(widen_row(tensor_of(DType::kF32, {40}, bytes), 0, out), CheckFailure);
}

// Against the dequantisation of the Python package gguf, to the bit; all NaNs count as equal.
TEST(Widen, AgreesWithTheGgufPackage) {
  std::ifstream file(data_path("golden/gguf_blocks.json"));
  const auto golden = nlohmann::json::parse(file);
  const std::map<std::string, DType> types = {{"F16", DType::kF16},   {"BF16", DType::kBF16},
                                              {"Q8_0", DType::kQ8_0}, {"Q4_0", DType::kQ4_0},
                                              {"Q4_1", DType::kQ4_1}, {"Q4_K", DType::kQ4_K},
                                              {"Q5_K", DType::kQ5_K}, {"Q6_K", DType::kQ6_K}};
  for (const auto& [name, dtype] : types) {
    const auto shape = golden["types"][name]["shape"].get<std::vector<std::size_t>>();
    const std::string stored = from_hex(golden["types"][name]["stored"]);
    const std::string expected_bytes = from_hex(golden["types"][name]["float32"]);
    const std::vector<float> got = widen(tensor_of(dtype, shape, stored));
    ASSERT_EQ(expected_bytes.size(), got.size() * sizeof(float)) << name;
    std::vector<float> expected(got.size());
    std::memcpy(expected.data(), expected_bytes.data(), expected_bytes.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (std::isnan(expected[i]) && std::isnan(got[i])) continue;
      ASSERT_EQ(bits(got[i]), bits(expected[i]))
          << name << " number " << i << ": got " << got[i] << ", expected " << expected[i];
    }
  }
}

}  // namespace
}  // namespace tokenwalk
