#pragma once

#include <cstddef>

#include "lib/base/both_compilers.h"

namespace tokenwalk {

/// Sums that are not dot products (softmax denominators, mean squares) run in 16 lanes: term k goes
/// to lane k % 16, then tree_sum adds the lanes in a fixed order.
inline constexpr std::size_t kLanes = 16;

/// lane[i] += lane[i + 8] for i < 8, then 4, 2, 1; returns lane[0]. The lanes are used up.
template <typename T>
TOKENWALK_BOTH T tree_sum(T (&lane)[kLanes]) {
  TOKENWALK_UNROLL
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    TOKENWALK_UNROLL
    for (std::size_t i = 0; i < half; ++i) lane[i] += lane[i + half];
  }
  return lane[0];
}

}  // namespace tokenwalk
