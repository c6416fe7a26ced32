#pragma once

#include <cstdint>
#include <cstring>

namespace tokenwalk {

/// x * y + z, rounded once, for processors without the instruction: WebAssembly has none.
///
/// The product of two floats is exact in double, so the sum is rounded once to double and once more
/// to float. That differs from one rounding only where the double lies exactly between two floats,
/// or where the float is subnormal and has fewer digits. There the double is first moved, towards
/// what its rounding lost, to the neighbour with an odd last bit ("round to odd": Boldo, Melquiond,
/// "Emulation of FMA and correctly rounded sums", 2008).
inline float exact_fmaf(float x, float y, float z) {
  const double product = static_cast<double>(x) * y;
  const double sum = product + z;
  std::uint64_t bits;
  std::memcpy(&bits, &sum, sizeof bits);
  const bool halfway = (bits & 0x1fffffff) == 0x10000000;
  const bool small = (bits >> 52 & 0x7ff) < 1023 - 125;
  if (__builtin_expect(!halfway && !small, 1)) return static_cast<float>(sum);

  // What the rounding of the sum lost, exactly (Knuth's two-sum); NaN where the sum is NaN or inf.
  const double z_part = sum - product;
  const double lost = (product - (sum - z_part)) + (z - z_part);
  const bool inexact = lost < 0 || lost > 0;
  if (inexact && (bits & 1) == 0) {
    const bool away_from_zero = (lost > 0) == (sum > 0);
    bits += away_from_zero ? 1 : static_cast<std::uint64_t>(-1);
  }
  double odd;
  std::memcpy(&odd, &bits, sizeof odd);
  return static_cast<float>(odd);
}

}  // namespace tokenwalk
