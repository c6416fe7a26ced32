#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/kernels/packed/ops.h"

// Sixteen floats in two AVX2 registers. See f32x16_portable.h for what each function does.

namespace tokenwalk {
namespace {

// Registers: 16. Even and odd sums of 3 rows x 1 line take 12 of them, 2 hold the line, 1 or 2 x.
constexpr int kTileRows = 3;
constexpr int kTileLines = 1;
constexpr int kRowLines = 3;  // of a single row: 12 chains of fma hide their latency of 4

struct f32x16 {
  __m256 low;   // lanes 0 .. 7
  __m256 high;  // lanes 8 .. 15
};

// All bits set in lanes i with first + i < n.
[[gnu::always_inline]] inline __m256i lanes_below(size_t n, int first) {
  const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n) - first), index);
}

[[gnu::always_inline]] inline f32x16 load(const float* p) {
  return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}

[[gnu::always_inline]] inline f32x16 load_first(const float* p, size_t n) {
  return {_mm256_maskload_ps(p, lanes_below(n, 0)), _mm256_maskload_ps(p + 8, lanes_below(n, 8))};
}

[[gnu::always_inline]] inline void store(float* p, f32x16 x) {
  _mm256_storeu_ps(p, x.low);
  _mm256_storeu_ps(p + 8, x.high);
}

[[gnu::always_inline]] inline void store_first(float* p, f32x16 x, size_t n) {
  _mm256_maskstore_ps(p, lanes_below(n, 0), x.low);
  _mm256_maskstore_ps(p + 8, lanes_below(n, 8), x.high);
}

[[gnu::always_inline]] inline f32x16 broadcast(float x) {
  return {_mm256_set1_ps(x), _mm256_set1_ps(x)};
}

[[gnu::always_inline]] inline f32x16 operator+(f32x16 a, f32x16 b) {
  return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}

[[gnu::always_inline]] inline f32x16 operator-(f32x16 a, f32x16 b) {
  return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}

[[gnu::always_inline]] inline f32x16 operator*(f32x16 a, f32x16 b) {
  return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
}

[[gnu::always_inline]] inline f32x16 operator/(f32x16 a, f32x16 b) {
  return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
}

[[gnu::always_inline]] inline f32x16 operator-(f32x16 x) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_xor_ps(x.low, sign), _mm256_xor_ps(x.high, sign)};
}

[[gnu::always_inline]] inline f32x16 fma(f32x16 a, f32x16 b, f32x16 c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}

[[gnu::always_inline]] inline f32x16 max(f32x16 a, f32x16 b) {
  return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
}

[[gnu::always_inline]] inline f32x16 where_less(f32x16 a, f32x16 b, f32x16 yes, f32x16 no) {
  const __m256 low = _mm256_cmp_ps(a.low, b.low, _CMP_LT_OQ);
  const __m256 high = _mm256_cmp_ps(a.high, b.high, _CMP_LT_OQ);
  return {_mm256_blendv_ps(no.low, yes.low, low), _mm256_blendv_ps(no.high, yes.high, high)};
}

[[gnu::always_inline]] inline unsigned lanes_at_least(f32x16 x, f32x16 bound) {
  const int low = _mm256_movemask_ps(_mm256_cmp_ps(x.low, bound.low, _CMP_GE_OQ));
  const int high = _mm256_movemask_ps(_mm256_cmp_ps(x.high, bound.high, _CMP_GE_OQ));
  return static_cast<unsigned>(low | high << 8);
}

[[gnu::always_inline]] inline __m256 power_of_two(__m256 n) {
  const __m256 sum = _mm256_add_ps(n, _mm256_set1_ps(0x1p23f + 127));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(sum), 23));
}

[[gnu::always_inline]] inline f32x16 power_of_two(f32x16 n) {
  return {power_of_two(n.low), power_of_two(n.high)};
}

[[gnu::always_inline]] inline f32x16 load(const Half* p) {
  const __m128i* bits = reinterpret_cast<const __m128i*>(p);
  return {_mm256_cvtph_ps(_mm_loadu_si128(bits)), _mm256_cvtph_ps(_mm_loadu_si128(bits + 1))};
}

[[gnu::always_inline]] inline __m256 upper_half(__m128i bits) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
}

[[gnu::always_inline]] inline f32x16 load(const BFloat* p) {
  const __m128i* bits = reinterpret_cast<const __m128i*>(p);
  return {upper_half(_mm_loadu_si128(bits)), upper_half(_mm_loadu_si128(bits + 1))};
}

[[gnu::always_inline]] inline __m256i load_pairs(const BFloat* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

[[gnu::always_inline]] inline f32x16 load_even(const BFloat* p) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(load_pairs(p), 16)),
          _mm256_castsi256_ps(_mm256_slli_epi32(load_pairs(p + 16), 16))};
}

[[gnu::always_inline]] inline f32x16 load_odd(const BFloat* p) {
  const __m256i upper = _mm256_set1_epi32(static_cast<int>(0xffff0000u));
  return {_mm256_castsi256_ps(_mm256_and_si256(load_pairs(p), upper)),
          _mm256_castsi256_ps(_mm256_and_si256(load_pairs(p + 16), upper))};
}

[[gnu::always_inline]] inline __m256 rounded_to_bf16(__m256 x) {
  const __m256i bits = _mm256_castps_si256(x);
  const __m256i is_odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), is_odd);
  const __m256i upper = _mm256_set1_epi32(static_cast<int>(0xffff0000u));
  const __m256 rounded = _mm256_castsi256_ps(_mm256_and_si256(sum, upper));
  const __m256 sign = _mm256_set1_ps(-0.0f);
  const __m256 magnitude = _mm256_andnot_ps(sign, rounded);
  const __m256 tiny = _mm256_cmp_ps(magnitude, _mm256_set1_ps(0x1p-126f), _CMP_LT_OQ);
  const __m256 flushed = _mm256_blendv_ps(rounded, _mm256_and_ps(rounded, sign), tiny);
  return _mm256_blendv_ps(flushed, x, _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
}

[[gnu::always_inline]] inline f32x16 rounded_to_bf16(f32x16 x) {
  return {rounded_to_bf16(x.low), rounded_to_bf16(x.high)};
}

[[gnu::always_inline]] inline void store_int8(int8_t* p, f32x16 x) {
  const __m256i low = _mm256_cvtps_epi32(x.low), high = _mm256_cvtps_epi32(x.high);
  const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0b11011000);
  const __m128i bytes =
      _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), bytes);
}

}  // namespace
}  // namespace tokenwalk
