#pragma once

#include <span>

namespace tokenwalk {

/// Draws an index with the given weights: the smallest i with u * total < weights[0] + ... +
/// weights[i]. The comparison is strict, so an index of weight 0 can never be drawn.
/// weights: none below 0; they need not sum to 1, but to more than 2^-1022.
/// u: uniform in [0, 1); it is a parameter, so the function is pure and a test can try every edge.
int draw(std::span<const double> weights, double u);

}  // namespace tokenwalk
