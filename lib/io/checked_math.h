#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace tokenwalk {

/// a * b, nothing if 64 bits do not hold it. For numbers that a file merely claims.
inline std::optional<std::uint64_t> multiply_checked(std::uint64_t a, std::uint64_t b) {
  if (a != 0 && b > std::numeric_limits<std::uint64_t>::max() / a) return std::nullopt;
  return a * b;
}

/// The product of all sizes, 1 for none; nothing if it does not fit, in whatever order it is
/// formed.
inline std::optional<std::uint64_t> count_elements(std::span<const std::size_t> shape) {
  std::uint64_t count = 1;
  bool overflow = false;
  for (const std::size_t n : shape) {
    if (n == 0) return 0;
    const auto product = multiply_checked(count, n);
    overflow = overflow || !product;
    count = product.value_or(1);
  }
  if (overflow) return std::nullopt;
  return count;
}

}  // namespace tokenwalk
