#include "lib/base/weight_row.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "lib/base/check.h"
#include "lib/base/error.h"
#include "lib/base/half.h"

namespace tokenwalk {
namespace {

void read_block(const Q8Block& block, std::span<float> out) {
  const float d = float_from_half(block.d);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = d * static_cast<float>(block.q[i]);
}

void read_block(const Q4Block& block, std::span<float> out) {
  const float d = float_from_half(block.d), m = float_from_half(block.m);
  constexpr std::size_t kHalf = kWeightBlock / 2;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int q = i < kHalf ? block.q[i] & 15 : block.q[i - kHalf] >> 4;
    const float product = d * static_cast<float>(q);
    out[i] = product + m;
  }
}

[[noreturn]] void refuse(WeightFormat format, const std::string& found) {
  throw Error(ErrorCode::kBadValue,
              {std::string(weight_format_name(format)) + " cannot hold these numbers", found,
               "finite numbers whose scale fits in half precision", "use bf16 or f32 instead"});
}

void check_finite(std::span<const float> values, WeightFormat format) {
  for (const float w : values) {
    if (!std::isfinite(w)) refuse(format, "NaN or infinity");
  }
}

// A scale or offset as the block keeps it.
std::uint16_t finite_half(float value, WeightFormat format) {
  const std::uint16_t bits = half_from_float(value);
  if (!std::isfinite(float_from_half(bits))) refuse(format, "a scale of " + std::to_string(value));
  return bits;
}

void write_block(std::span<const float> values, Q8Block& block) {
  constexpr float kLargest = 127;
  check_finite(values, WeightFormat::kQ8_0);
  float amax = 0;
  for (const float w : values) amax = std::max(amax, std::fabs(w));
  block = {finite_half(amax / kLargest, WeightFormat::kQ8_0), {}};
  const float d = float_from_half(block.d);
  for (std::size_t i = 0; i < values.size() && d != 0; ++i) {
    const float q = std::clamp(std::nearbyint(values[i] / d), -kLargest, kLargest);
    block.q[i] = static_cast<std::int8_t>(q);
  }
}

void write_block(std::span<const float> values, Q4Block& block) {
  constexpr float kLargest = 15;
  check_finite(values, WeightFormat::kQ4_1);
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  block = {finite_half((*greatest - *least) / kLargest, WeightFormat::kQ4_1),
           finite_half(*least, WeightFormat::kQ4_1),
           {}};
  const float d = float_from_half(block.d), m = float_from_half(block.m);
  constexpr std::size_t kHalf = kWeightBlock / 2;
  for (std::size_t i = 0; i < values.size() && d != 0; ++i) {
    const float q = std::clamp(std::nearbyint((values[i] - m) / d), 0.0f, kLargest);
    const auto bits = static_cast<std::uint8_t>(q);
    std::uint8_t& byte = block.q[i % kHalf];
    byte = static_cast<std::uint8_t>(i < kHalf ? byte | bits : byte | bits << 4);
  }
}

template <typename Block>
void read_blocks(const WeightRow& row, std::span<float> out) {
  const auto* block = static_cast<const Block*>(row.data);
  for (std::size_t k = 0; k < out.size(); k += kWeightBlock) {
    read_block(*block++, out.subspan(k, std::min(kWeightBlock, out.size() - k)));
  }
}

template <typename Block>
void write_blocks(std::span<const float> values, void* out) {
  auto* block = static_cast<Block*>(out);
  for (std::size_t k = 0; k < values.size(); k += kWeightBlock) {
    write_block(values.subspan(k, std::min(kWeightBlock, values.size() - k)), *block++);
  }
}

}  // namespace

std::string_view weight_format_name(WeightFormat format) {
  switch (format) {
    case WeightFormat::kF32:
      return "f32";
    case WeightFormat::kBF16:
      return "bf16";
    case WeightFormat::kQ8_0:
      return "q8_0";
    case WeightFormat::kQ4_1:
      return "q4_1";
  }
  return "unknown";
}

std::optional<WeightFormat> weight_format_named(std::string_view name) {
  for (const WeightFormat format :
       {WeightFormat::kF32, WeightFormat::kBF16, WeightFormat::kQ8_0, WeightFormat::kQ4_1}) {
    if (weight_format_name(format) == name) return format;
  }
  return {};
}

std::size_t weight_row_bytes(WeightFormat format, std::size_t n) {
  const std::size_t n_blocks = (n + kWeightBlock - 1) / kWeightBlock;
  switch (format) {
    case WeightFormat::kF32:
      return n * sizeof(float);
    case WeightFormat::kBF16:
      return n * sizeof(std::uint16_t);
    case WeightFormat::kQ8_0:
      return n_blocks * sizeof(Q8Block);
    case WeightFormat::kQ4_1:
      return n_blocks * sizeof(Q4Block);
  }
  return 0;
}

void read_row(const WeightRow& row, std::span<float> out) {
  CHECK_EQ(out.size(), row.size);
  switch (row.format) {
    case WeightFormat::kF32:
      std::copy_n(static_cast<const float*>(row.data), row.size, out.data());
      break;
    case WeightFormat::kBF16: {
      const auto* from = static_cast<const std::uint16_t*>(row.data);
      std::transform(from, from + row.size, out.data(), float_from_bfloat16);
      break;
    }
    case WeightFormat::kQ8_0:
      read_blocks<Q8Block>(row, out);
      break;
    case WeightFormat::kQ4_1:
      read_blocks<Q4Block>(row, out);
      break;
  }
}

void write_row(std::span<const float> values, WeightFormat format, void* out) {
  switch (format) {
    case WeightFormat::kF32:
      std::copy_n(values.data(), values.size(), static_cast<float*>(out));
      break;
    case WeightFormat::kBF16:
      std::transform(values.begin(), values.end(), static_cast<std::uint16_t*>(out),
                     bfloat16_from_float);
      break;
    case WeightFormat::kQ8_0:
      write_blocks<Q8Block>(values, out);
      break;
    case WeightFormat::kQ4_1:
      write_blocks<Q4Block>(values, out);
      break;
  }
}

}  // namespace tokenwalk
