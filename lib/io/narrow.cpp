#include "lib/io/narrow.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "lib/base/check.h"
#include "lib/base/error.h"
#include "lib/io/widen.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kBlock = 32;
constexpr float kLargestQ = 127;

// Drops the low `count` bits of `bits`, to nearest, ties to even. count >= 1.
std::uint32_t round_off(std::uint32_t bits, unsigned count) {
  const std::uint32_t half = 1u << (count - 1);
  const std::uint32_t is_odd = (bits >> count) & 1u;
  return (bits + half - 1 + is_odd) >> count;
}

void put_u16(std::byte* to, std::uint16_t value) {
  std::memcpy(to, &value, sizeof value);
}

void narrow_q8_0(std::span<const float> block, std::byte* out) {
  float amax = 0;
  bool finite = true;
  for (const float w : block) {
    finite = finite && std::isfinite(w);
    amax = std::max(amax, std::fabs(w));
  }
  const std::uint16_t bits = half_from_float(amax / kLargestQ);
  const float d = float_from_half(bits);
  if (!finite || !std::isfinite(d)) {
    throw Error(ErrorCode::kBadValue,
                {"Q8_0 cannot hold these numbers",
                 finite ? "one of magnitude " + std::to_string(amax) : "NaN or infinity",
                 "finite numbers up to 127 times 65504", "convert to bf16 or f32 instead"});
  }
  put_u16(out, bits);
  for (std::size_t i = 0; i < block.size(); ++i) {
    const float q = d == 0 ? 0 : std::nearbyint(block[i] / d);
    const auto clamped = static_cast<std::int8_t>(std::clamp(q, -kLargestQ, kLargestQ));
    out[2 + i] = static_cast<std::byte>(clamped);
  }
}

}  // namespace

std::uint16_t bfloat16_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>(round_off(bits, 16));
}

std::uint16_t half_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return sign | 0x7E00u;   // NaN
  if (magnitude >= 0x47800000u) return sign | 0x7C00u;  // 2^16 and beyond
  if (magnitude >= 0x38800000u) {
    // Normal: the exponent's bias goes from 127 to 15; rounding up may carry into it.
    return static_cast<std::uint16_t>(sign | round_off(magnitude - (112u << 23), 13));
  }
  // Subnormal: a multiple of 2^-24, which scaling makes a whole number; both steps are exact or
  // rounded once.
  const float scaled = std::nearbyint(std::bit_cast<float>(magnitude) * 0x1p24f);
  return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(scaled));
}

std::vector<std::byte> narrow_row(std::span<const float> row, DType dtype) {
  CHECK(dtype == DType::kF32 || dtype == DType::kBF16 || dtype == DType::kQ8_0);
  CHECK_EQ(row.size() % block_size(dtype), 0u);
  std::vector<std::byte> bytes(row.size() / block_size(dtype) * block_bytes(dtype));
  if (dtype == DType::kF32) {
    if (!row.empty()) std::memcpy(bytes.data(), row.data(), bytes.size());
  } else if (dtype == DType::kBF16) {
    for (std::size_t i = 0; i < row.size(); ++i)
      put_u16(&bytes[2 * i], bfloat16_from_float(row[i]));
  } else {
    for (std::size_t i = 0; i < row.size() / kBlock; ++i) {
      narrow_q8_0(row.subspan(i * kBlock, kBlock), &bytes[i * block_bytes(dtype)]);
    }
  }
  return bytes;
}

}  // namespace tokenwalk
