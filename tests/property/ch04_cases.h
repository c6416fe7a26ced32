#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

// Inputs and right answers that the tests of chapter 04 and those of its known-wrong functions
// share: what the right function gets right, the wrong one must get wrong.

inline constexpr double kUnit = 0x1p-24;  ///< largest relative error of one rounding to float

inline std::vector<double> doubles(std::span<const float> values) {
  return {values.begin(), values.end()};
}

/// A head whose first pair is turned by 90 degrees, the second left.
struct RotaryCase {
  std::vector<float> head = {1, 2, 3, 4};
  std::vector<float> cosines = {0, 1}, sines = {1, 0};
  std::vector<double> expected = {-3, 2, 1, 4};
  std::string input = "head = [1, 2, 3, 4], the pair (1, 3) turned by 90 degrees, (2, 4) left";
};

/// 6 query heads over 2 K/V heads of head_dim 2; one position, so each head gets its value.
struct GroupedCase {
  AttentionShape shape = {6, 2, 2};
  std::vector<float> q = std::vector<float>(12, 1), keys = std::vector<float>(4, 1);
  std::vector<float> values = {10, 11, 20, 21};
  std::vector<double> expected = {10, 11, 10, 11, 10, 11, 20, 21, 20, 21, 20, 21};
  std::string input =
      "6 heads over 2 K/V heads with values [10 11] and [20 21]: heads 0, 1, 2 use the first, 3, "
      "4, 5 the second";
};

/// A query over 3 positions of equal scores; what is stored after them is `poison`.
struct LaterCase {
  explicit LaterCase(float poison)
      : keys{1, 2, 3, 4, 5, 6, poison, poison}, values{1, 0, 2, 3, 3, 6, poison, poison} {}

  std::vector<float> q = {0, 0}, keys, values;  // [4, 2]
  std::vector<double> expected = {2, 3};
  std::string input = "values [[1 0] [2 3] [3 6]] with equal scores, then one of nothing but ";
};

}  // namespace tokenwalk
