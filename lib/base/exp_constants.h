#pragma once

// The numbers of exp(float), shared by the plain function and the vector kernels.

namespace tokenwalk::exp_constants {

inline constexpr float kLog2E = 0x1.715476p+0f;
inline constexpr float kLn2High = 0x1.62e4p-1f;    // ln 2 to 15 bits, so that n * kLn2High is exact
inline constexpr float kLn2Low = 0x1.7f7d1cp-20f;  // the rest
inline constexpr float kLargest = 89.0f;           // beyond: inf
inline constexpr float kSmallest = -87.33654f;     // ln 2^-126, rounded up; below: exactly 0

// e^r = 1 + r + r^2 p(r) for |r| <= ln 2 / 2; p by Chebyshev interpolation at 60 digits.
inline constexpr float kP0 = 0x1p-1f;
inline constexpr float kP1 = 0x1.555556p-3f;
inline constexpr float kP2 = 0x1.5554eap-5f;
inline constexpr float kP3 = 0x1.1110ep-7f;
inline constexpr float kP4 = 0x1.6d4324p-10f;
inline constexpr float kP5 = 0x1.a124f2p-13f;

}  // namespace tokenwalk::exp_constants
