#include "lib/base/half.h"

#include <bit>
#include <cmath>

namespace tokenwalk {
namespace {

// Drops the low `count` bits of `bits`, to nearest, ties to even. count >= 1.
std::uint32_t round_off(std::uint32_t bits, unsigned count) {
  const std::uint32_t half = 1u << (count - 1);
  const std::uint32_t is_odd = (bits >> count) & 1u;
  return (bits + half - 1 + is_odd) >> count;
}

}  // namespace

float float_from_half(std::uint16_t bits) {
  const std::uint32_t sign = std::uint32_t{bits & 0x8000u} << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1Fu;
  const std::uint32_t fraction = bits & 0x3FFu;
  if (exponent == 0) {  // zero or subnormal: fraction * 2^-24 is exact
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
  }
  // 5 bits of exponent with bias 15 become 8 with bias 127; all ones stay all ones.
  const std::uint32_t wide_exponent = exponent == 31 ? 255 : exponent + (127 - 15);
  return std::bit_cast<float>(sign | (wide_exponent << 23) | (fraction << 13));
}

float float_from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
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

std::uint16_t bfloat16_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>(round_off(bits, 16));
}

}  // namespace tokenwalk
