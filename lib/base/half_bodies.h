#pragma once

#include <bit>
#include <cstdint>

#include "lib/base/both_compilers.h"

// The bodies of half.h's functions, which a GPU computes too.

namespace tokenwalk {

TOKENWALK_BOTH float widen_half(std::uint32_t bits) {
  const std::uint32_t sign = (bits & 0x8000u) << 16;
  std::uint32_t magnitude = (bits & 0x7FFFu) << 13;
  if (magnitude >= 0x7C00u << 13) {  // infinity and NaN
    magnitude |= 0x7F800000u;
  } else {  // read as a float it is 2^112 times too small, subnormal or not
    magnitude = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112f);
  }
  return std::bit_cast<float>(sign | magnitude);
}

TOKENWALK_BOTH float widen_bfloat16(std::uint32_t bits) {
  return std::bit_cast<float>(bits << 16);
}

// Drops the low `count` bits of `bits`, to nearest, ties to even. count >= 1.
TOKENWALK_BOTH std::uint32_t round_off(std::uint32_t bits, unsigned count) {
  const std::uint32_t half = 1u << (count - 1);
  const std::uint32_t is_odd = (bits >> count) & 1u;
  return (bits + half - 1 + is_odd) >> count;
}

TOKENWALK_BOTH std::uint16_t narrow_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
  std::uint32_t narrow = 0;
  if (magnitude > 0x7F800000u) {  // NaN
    narrow = 0x7E00u;
  } else if (magnitude >= 0x47800000u) {  // 2^16 and beyond
    narrow = 0x7C00u;
  } else if (magnitude >= 0x38800000u) {
    // Normal: the exponent's bias goes from 127 to 15; rounding up may carry into it.
    narrow = round_off(magnitude - (112u << 23), 13);
  } else {
    // Subnormal: a multiple of 2^-24, which scaling makes a whole number. Adding 1.5 * 2^23 leaves
    // no bits behind the point.
    const float scaled = std::bit_cast<float>(magnitude) * 0x1p24f;
    narrow = static_cast<std::uint32_t>((scaled + 0x1.8p23f) - 0x1.8p23f);
  }
  return static_cast<std::uint16_t>(sign | narrow);
}

TOKENWALK_BOTH std::uint16_t narrow_to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (value != value) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>(round_off(bits, 16));
}

}  // namespace tokenwalk
