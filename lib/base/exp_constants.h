#pragma once

// The numbers of exp(float) and exp(double), shared by the plain functions and the vector kernels.

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

// In double: e^r = 1 + r + r^2 p(r), relative error below 2^-56.
inline constexpr double kWideLog2E = 0x1.71547652b82fep+0;
inline constexpr double kWideLn2High = 0x1.62e42feep-1;  // 32 bits, so that n * it is exact
inline constexpr double kWideLn2Low = 0x1.a39ef35793c76p-33;
inline constexpr double kWideP0 = 0x1.0000000000000p-1;
inline constexpr double kWideP1 = 0x1.5555555555557p-3;
inline constexpr double kWideP2 = 0x1.5555555555556p-5;
inline constexpr double kWideP3 = 0x1.11111111100dcp-7;
inline constexpr double kWideP4 = 0x1.6c16c16c162d4p-10;
inline constexpr double kWideP5 = 0x1.a01a01abe7fe1p-13;
inline constexpr double kWideP6 = 0x1.a01a01a6d889cp-16;
inline constexpr double kWideP7 = 0x1.71de0231960ebp-19;
inline constexpr double kWideP8 = 0x1.27e4db646b17ep-22;
inline constexpr double kWideP9 = 0x1.af4de97ca4194p-26;
inline constexpr double kWideP10 = 0x1.1f730349868cep-29;

}  // namespace tokenwalk::exp_constants
