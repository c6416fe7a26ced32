#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/kernels/packed/ops.h"

// Sixteen floats in one AVX-512 register. See f32x16_portable.h for what each function does.

namespace tokenwalk {
namespace {

// Registers: 32. Even and odd sums of 4 rows x 3 lines take 24 of them, 3 hold the lines, 1 or 2 x.
constexpr int kTileRows = 4;
constexpr int kTileLines = 3;
constexpr int kRowLines = 6;  // of a single row: 12 chains of fma hide their latency of 4

struct f32x16 {
  __m512 all;
};

// Some intrinsics are asked for with a mask of all lanes: g++ 12 writes the plain ones with a
// register left undefined on purpose, and then warns of it. The instruction is the same.
constexpr __mmask16 kAllLanes = 0xffff;

[[gnu::always_inline]] inline __mmask16 first_lanes(size_t n) {
  return static_cast<__mmask16>((1u << n) - 1);
}

[[gnu::always_inline]] inline f32x16 load(const float* p) {
  return {_mm512_loadu_ps(p)};
}

[[gnu::always_inline]] inline f32x16 load_first(const float* p, size_t n) {
  return {_mm512_maskz_loadu_ps(first_lanes(n), p)};
}

[[gnu::always_inline]] inline void store(float* p, f32x16 x) {
  _mm512_storeu_ps(p, x.all);
}

[[gnu::always_inline]] inline void store_first(float* p, f32x16 x, size_t n) {
  _mm512_mask_storeu_ps(p, first_lanes(n), x.all);
}

[[gnu::always_inline]] inline f32x16 broadcast(float x) {
  return {_mm512_set1_ps(x)};
}

[[gnu::always_inline]] inline f32x16 operator+(f32x16 a, f32x16 b) {
  return {_mm512_add_ps(a.all, b.all)};
}

[[gnu::always_inline]] inline f32x16 operator-(f32x16 a, f32x16 b) {
  return {_mm512_sub_ps(a.all, b.all)};
}

[[gnu::always_inline]] inline f32x16 operator*(f32x16 a, f32x16 b) {
  return {_mm512_mul_ps(a.all, b.all)};
}

[[gnu::always_inline]] inline f32x16 operator/(f32x16 a, f32x16 b) {
  return {_mm512_div_ps(a.all, b.all)};
}

[[gnu::always_inline]] inline f32x16 operator-(f32x16 x) {
  return {_mm512_xor_ps(x.all, _mm512_set1_ps(-0.0f))};
}

[[gnu::always_inline]] inline f32x16 fma(f32x16 a, f32x16 b, f32x16 c) {
  return {_mm512_fmadd_ps(a.all, b.all, c.all)};
}

[[gnu::always_inline]] inline f32x16 max(f32x16 a, f32x16 b) {
  return {_mm512_maskz_max_ps(kAllLanes, a.all, b.all)};
}

[[gnu::always_inline]] inline f32x16 where_less(f32x16 a, f32x16 b, f32x16 yes, f32x16 no) {
  const __mmask16 less = _mm512_cmp_ps_mask(a.all, b.all, _CMP_LT_OQ);
  return {_mm512_mask_blend_ps(less, no.all, yes.all)};
}

[[gnu::always_inline]] inline unsigned lanes_at_least(f32x16 x, f32x16 bound) {
  return _mm512_cmp_ps_mask(x.all, bound.all, _CMP_GE_OQ);
}

[[gnu::always_inline]] inline f32x16 power_of_two(f32x16 n) {
  const __m512 sum = _mm512_add_ps(n.all, _mm512_set1_ps(0x1p23f + 127));
  const __m512i bits = _mm512_castps_si512(sum);
  return {_mm512_castsi512_ps(_mm512_maskz_slli_epi32(kAllLanes, bits, 23))};
}

[[gnu::always_inline]] inline __m256i load_sixteen(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}

[[gnu::always_inline]] inline f32x16 load(const Half* p) {
  return {_mm512_maskz_cvtph_ps(kAllLanes, load_sixteen(p))};
}

[[gnu::always_inline]] inline __m512 upper_half(__m512i bits) {
  return _mm512_castsi512_ps(_mm512_maskz_slli_epi32(kAllLanes, bits, 16));
}

[[gnu::always_inline]] inline f32x16 load(const BFloat* p) {
  return {upper_half(_mm512_maskz_cvtepu16_epi32(kAllLanes, load_sixteen(p)))};
}

[[gnu::always_inline]] inline f32x16 load_even(const BFloat* p) {
  return {upper_half(_mm512_loadu_si512(p))};
}

[[gnu::always_inline]] inline f32x16 load_odd(const BFloat* p) {
  const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xffff0000u));
  return {_mm512_castsi512_ps(_mm512_and_si512(_mm512_loadu_si512(p), upper))};
}

[[gnu::always_inline]] inline f32x16 rounded_to_bf16(f32x16 x) {
  const __m512i bits = _mm512_castps_si512(x.all);
  const __m512i is_odd =
      _mm512_and_si512(_mm512_maskz_srli_epi32(kAllLanes, bits, 16), _mm512_set1_epi32(1));
  const __m512i sum = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), is_odd);
  const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xffff0000u));
  const __m512 rounded = _mm512_castsi512_ps(_mm512_and_si512(sum, upper));
  const __m512 sign = _mm512_set1_ps(-0.0f);
  const __m512 magnitude = _mm512_andnot_ps(sign, rounded);
  const __mmask16 tiny = _mm512_cmp_ps_mask(magnitude, _mm512_set1_ps(0x1p-126f), _CMP_LT_OQ);
  const __m512 flushed = _mm512_mask_blend_ps(tiny, rounded, _mm512_and_ps(rounded, sign));
  const __mmask16 is_nan = _mm512_cmp_ps_mask(x.all, x.all, _CMP_UNORD_Q);
  return {_mm512_mask_blend_ps(is_nan, flushed, x.all)};
}

[[gnu::always_inline]] inline void store_int8(int8_t* p, f32x16 x) {
  const __m512i whole = _mm512_maskz_cvtps_epi32(kAllLanes, x.all);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_maskz_cvtsepi32_epi8(kAllLanes, whole));
}

}  // namespace
}  // namespace tokenwalk
