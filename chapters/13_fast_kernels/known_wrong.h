#pragma once

#include <span>

namespace tokenwalk {

/// The dot product that a programmer of vector instructions writes first: 16 sums side by side,
/// term k in sum k % 16, added up at the end. As exact as the rule of lib/base/dot.h, but another
/// order, so other bits: a model that mixes the two is no longer equal to itself.
float dot_in_16_sums(std::span<const float> row, std::span<const float> x);

}  // namespace tokenwalk
