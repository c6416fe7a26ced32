#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/io/stored_tensor.h"

namespace tokenwalk {

/// The bytes of a row stored as F32, BF16 or Q8_0 (any other type is a CHECK), little-endian, as
/// write_row of lib/base/weight_row.h rounds them. A row of Q8_0 is a whole number of blocks.
/// Throws Error(kBadValue) for numbers that Q8_0 cannot hold.
std::vector<std::byte> narrow_row(std::span<const float> row, DType dtype);

}  // namespace tokenwalk
