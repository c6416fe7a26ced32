#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

// Lines of 64 small integers in one AVX-512 register. See i8x64_portable.h for what each function
// does. VPDPBUSD adds the products of four unsigned with four signed bytes to 32 bits, exactly.
// With 8-bit weights the activations are the unsigned side, 128 too large, and the surplus
// 128 * (sum of the weights) is summed once for all rows.

namespace tokenwalk {
namespace {

// Registers: 32. Sums of 8 rows x 1 line, as integers and as floats, take 16.
constexpr int kIntegerTileRows = 8;
constexpr int kIntegerRowLines = 4;

struct SignedLine {
  __m512i all;
};
struct UnsignedLine {
  __m512i all;
};
struct FourTerms {
  __m512i all;
};
struct WideSum {
  __m512i all;
};
struct NarrowSum {
  __m512i all;
};
struct SignedBias {
  __m512i all;
};

[[gnu::always_inline]] inline WideSum zero_wide() {
  return {_mm512_setzero_si512()};
}
[[gnu::always_inline]] inline NarrowSum zero_narrow() {
  return {_mm512_setzero_si512()};
}
[[gnu::always_inline]] inline SignedBias zero_bias() {
  return {_mm512_setzero_si512()};
}
[[gnu::always_inline]] inline SignedBias add_bias(SignedBias bias, SignedLine w) {
  return {_mm512_dpbusd_epi32(bias.all, _mm512_set1_epi8(-128), w.all)};  // 128 as unsigned
}

[[gnu::always_inline]] inline SignedLine load_signed(const uint8_t* p) {
  return {_mm512_loadu_si512(p)};
}
[[gnu::always_inline]] inline UnsignedLine load_low_halves(const uint8_t* p) {
  return {_mm512_and_si512(_mm512_loadu_si512(p), _mm512_set1_epi8(15))};
}
[[gnu::always_inline]] inline UnsignedLine load_high_halves(const uint8_t* p) {
  const __m512i shifted = _mm512_srli_epi16(_mm512_loadu_si512(p), 4);
  return {_mm512_and_si512(shifted, _mm512_set1_epi8(15))};
}

[[gnu::always_inline]] inline FourTerms broadcast4(const int8_t* x) {
  int32_t four;
  __builtin_memcpy(&four, x, 4);
  return {_mm512_set1_epi32(four)};
}

[[gnu::always_inline]] inline WideSum add_dot(WideSum sum, SignedLine w, FourTerms x) {
  const __m512i raised = _mm512_xor_si512(x.all, _mm512_set1_epi8(-128));  // x + 128
  return {_mm512_dpbusd_epi32(sum.all, raised, w.all)};
}
[[gnu::always_inline]] inline NarrowSum add_small_dot(NarrowSum sum, UnsignedLine w, FourTerms x) {
  return {_mm512_dpbusd_epi32(sum.all, w.all, x.all)};
}

[[gnu::always_inline]] inline f32x16 to_float(WideSum sum, SignedBias bias) {
  const __m512i exact = _mm512_sub_epi32(sum.all, bias.all);
  return {_mm512_maskz_cvtepi32_ps(kAllLanes, exact)};
}
[[gnu::always_inline]] inline f32x16 to_float(NarrowSum sum) {
  return {_mm512_maskz_cvtepi32_ps(kAllLanes, sum.all)};
}

}  // namespace
}  // namespace tokenwalk
