#pragma once

#include <cstdint>

namespace tokenwalk {

// Floats of 16 bits: IEEE half precision (f16) and bfloat16, the upper half of a float.

/// The exact value of 16 bits of half precision, subnormals, infinities and NaN included.
float float_from_half(std::uint16_t bits);

/// The exact value of 16 bits of bfloat16.
float float_from_bfloat16(std::uint16_t bits);

/// The nearest half, ties to even, subnormals included; beyond the largest (65,504): infinity. NaN
/// stays NaN.
std::uint16_t half_from_float(float value);

/// The nearest bfloat16, ties to even; beyond the largest: infinity. NaN stays NaN.
std::uint16_t bfloat16_from_float(float value);

}  // namespace tokenwalk
