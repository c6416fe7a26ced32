#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

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

}  // namespace
}  // namespace tokenwalk
