#pragma once

#include <immintrin.h>

// On x86 every instruction flushes while MXCSR says so: results below 2^-126 become zero (FTZ), as
// the operands do (DAZ), and whether a result is below is decided after rounding to 24 bits.
// Source: Intel SDM, volume 1, 10.2.3.

namespace tokenwalk {
namespace {

/// Flushes as long as it lives. The arithmetic must stand in a function that is not inlined where
/// this is made: compilers do not know that it depends on MXCSR.
class FlushSubnormals {
 public:
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFtz | kDaz); }
  ~FlushSubnormals() { _mm_setcsr(before_); }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  static constexpr unsigned kFtz = 0x8000, kDaz = 0x0040;
  unsigned before_;
};

[[gnu::always_inline]] inline f32x16 fma_flushed(f32x16 a, f32x16 b, f32x16 c) {
  return fma(a, b, c);
}
[[gnu::always_inline]] inline f32x16 add_flushed(f32x16 a, f32x16 b) {
  return a + b;
}

}  // namespace
}  // namespace tokenwalk
