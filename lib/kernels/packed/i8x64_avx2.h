#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

// Lines of 64 small integers in two AVX2 registers. See i8x64_portable.h for what each function
// does. The one instruction that multiplies bytes (VPMADDUBSW) takes unsigned times signed ones and
// adds neighbours into 16 bits, where it saturates; nothing here comes that far:
//   8 bits  |w| <= 128 times x with the sign of w: 2 * 128 * 127 = 32,512
//   4 bits  w <= 15: 2 * 15 * 127 = 3,810, and eight of these, a whole block, 30,480

namespace tokenwalk {
namespace {

// Registers: 16. Sums of 4 rows x 1 line take 8, the line and its magnitudes 4, x and a product 2.
constexpr int kIntegerTileRows = 4;
constexpr int kIntegerRowLines = 3;

struct SignedLine {
  __m256i low, high;  // outputs 0 .. 7, 8 .. 15
};
struct UnsignedLine {
  __m256i low, high;
};
struct FourTerms {
  __m256i all;
};
struct WideSum {
  __m256i low, high;  // 32 bits
};
struct NarrowSum {
  __m256i low, high;  // 16 bits, two lanes for an output
};
struct SignedBias {};

[[gnu::always_inline]] inline WideSum zero_wide() {
  return {_mm256_setzero_si256(), _mm256_setzero_si256()};
}
[[gnu::always_inline]] inline NarrowSum zero_narrow() {
  return {_mm256_setzero_si256(), _mm256_setzero_si256()};
}
[[gnu::always_inline]] inline SignedBias zero_bias() {
  return {};
}
[[gnu::always_inline]] inline SignedBias add_bias(SignedBias bias, SignedLine) {
  return bias;
}

[[gnu::always_inline]] inline __m256i load_bytes(const uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
[[gnu::always_inline]] inline SignedLine load_signed(const uint8_t* p) {
  return {load_bytes(p), load_bytes(p + 32)};
}
[[gnu::always_inline]] inline UnsignedLine load_low_halves(const uint8_t* p) {
  const __m256i mask = _mm256_set1_epi8(15);
  return {_mm256_and_si256(load_bytes(p), mask), _mm256_and_si256(load_bytes(p + 32), mask)};
}
[[gnu::always_inline]] inline UnsignedLine load_high_halves(const uint8_t* p) {
  const __m256i mask = _mm256_set1_epi8(15);
  return {_mm256_and_si256(_mm256_srli_epi16(load_bytes(p), 4), mask),
          _mm256_and_si256(_mm256_srli_epi16(load_bytes(p + 32), 4), mask)};
}

[[gnu::always_inline]] inline FourTerms broadcast4(const int8_t* x) {
  int32_t four;
  __builtin_memcpy(&four, x, 4);
  return {_mm256_set1_epi32(four)};
}

// Pairs of 16-bit numbers added into 32 bits.
[[gnu::always_inline]] inline __m256i add_pairs(__m256i x) {
  return _mm256_madd_epi16(x, _mm256_set1_epi16(1));
}

[[gnu::always_inline]] inline __m256i add_signed(__m256i sum, __m256i w, __m256i x) {
  const __m256i products = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
  return _mm256_add_epi32(sum, add_pairs(products));
}
[[gnu::always_inline]] inline WideSum add_dot(WideSum sum, SignedLine w, FourTerms x) {
  return {add_signed(sum.low, w.low, x.all), add_signed(sum.high, w.high, x.all)};
}
[[gnu::always_inline]] inline NarrowSum add_small_dot(NarrowSum sum, UnsignedLine w, FourTerms x) {
  return {_mm256_add_epi16(sum.low, _mm256_maddubs_epi16(w.low, x.all)),
          _mm256_add_epi16(sum.high, _mm256_maddubs_epi16(w.high, x.all))};
}

[[gnu::always_inline]] inline f32x16 to_float(WideSum sum, SignedBias) {
  return {_mm256_cvtepi32_ps(sum.low), _mm256_cvtepi32_ps(sum.high)};
}
[[gnu::always_inline]] inline f32x16 to_float(NarrowSum sum) {
  return {_mm256_cvtepi32_ps(add_pairs(sum.low)), _mm256_cvtepi32_ps(add_pairs(sum.high))};
}

}  // namespace
}  // namespace tokenwalk
