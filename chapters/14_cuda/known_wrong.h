#pragma once

#include <span>

namespace tokenwalk {

// A function that is known to be wrong, kept for the page and the tests.

/// The dot product as GPU code usually adds it up: 32 threads take every 32nd term each, and their
/// sums meet in a tree, 16 and 16, 8 and 8, ... Fast, repeatable, and not the rule of
/// lib/base/dot.h: its bits are those of no other machine. Both [n].
float dot_of_a_warp(std::span<const float> row, std::span<const float> x);

}  // namespace tokenwalk
