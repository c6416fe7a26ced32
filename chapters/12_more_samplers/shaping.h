#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

namespace tokenwalk {

// What the steps that change logits share. They work in place on logits [vocab] in double.

/// The logit of an id that may not come. No step brings it back.
inline constexpr double kMasked = -std::numeric_limits<double>::infinity();

/// A penalty may make an id as unlikely as it wants, but only a ban masks it; and nothing may
/// overflow.
inline constexpr double kLargestLogit = 1e300;
inline double bounded(double logit) {
  return std::clamp(logit, -kLargestLogit, kLargestLogit);
}

inline double& logit_of(std::span<double> logits, int id) {
  return logits[static_cast<std::size_t>(id)];
}

/// The last n ids; n = -1, or more than there are: all.
inline std::span<const int> last_ids(std::span<const int> ids, int n) {
  if (n < 0 || static_cast<std::size_t>(n) >= ids.size()) return ids;
  return ids.last(static_cast<std::size_t>(n));
}

}  // namespace tokenwalk
