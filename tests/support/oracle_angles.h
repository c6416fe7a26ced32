#pragma once

#include <cstddef>

#include "lib/model/config.h"

namespace tokenwalk {

/// The angle by which rotary pair i of a head turns from one position to the next, in float64, from
/// the formulas: theta^(-2 i / head_dim), scaled as the configuration says. Llama 3's scaling is
/// written as what it is, a clamped passage between 1 and 1 / factor by the turns that a pair makes
/// in the original context.
double rotary_frequency(const ModelConfig& c, std::size_t i);

/// How often a float computation rounds such an angle, one rounding after the other: the power of
/// theta, its inverse and the angle; a scaling once more, Llama 3's seven times.
double angle_roundings(const RopeScaling& scaling);

}  // namespace tokenwalk
