#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/io/stored_tensor.h"

namespace tokenwalk {

/// The nearest bfloat16, ties to even; beyond the largest: infinity. NaN stays NaN.
std::uint16_t bfloat16_from_float(float value);

/// The nearest IEEE half, ties to even, subnormals included; beyond the largest: infinity. NaN
/// stays NaN.
std::uint16_t half_from_float(float value);

/// The bytes of a row stored as F32, BF16 or Q8_0 (any other type is a CHECK), little-endian.
///
/// Q8_0, by blocks of 32 (the length must be a multiple): d = half(amax / 127) with amax the
/// greatest magnitude, then 32 signed bytes q = clamp(rint(w / float(d)), -127, 127), all 0 where d
/// is 0. Every step rounds in float32, ties to even. Throws Error(kBadValue) for a block that this
/// cannot hold: one with NaN or infinity, or with amax beyond 127 times the largest half.
std::vector<std::byte> narrow_row(std::span<const float> row, DType dtype);

}  // namespace tokenwalk
