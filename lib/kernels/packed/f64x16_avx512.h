#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

// Sixteen doubles in two AVX-512 registers. See f64x16_portable.h for what each function does.

namespace tokenwalk {
namespace {

struct f64x16 {
  __m512d low;   // lanes 0 .. 7
  __m512d high;  // lanes 8 .. 15
};

// Asked for with a mask of all lanes where g++ 12 would warn (see f32x16_avx512.h).
constexpr __mmask8 kAllWide = 0xff;

[[gnu::always_inline]] inline f64x16 load_wide(const float* p) {
  return {_mm512_maskz_cvtps_pd(kAllWide, _mm256_loadu_ps(p)),
          _mm512_maskz_cvtps_pd(kAllWide, _mm256_loadu_ps(p + 8))};
}

[[gnu::always_inline]] inline f64x16 load_wide(const double* p) {
  return {_mm512_loadu_pd(p), _mm512_loadu_pd(p + 8)};
}

[[gnu::always_inline]] inline void store(double* p, f64x16 x) {
  _mm512_storeu_pd(p, x.low);
  _mm512_storeu_pd(p + 8, x.high);
}

[[gnu::always_inline]] inline f64x16 broadcast_wide(double x) {
  return {_mm512_set1_pd(x), _mm512_set1_pd(x)};
}

[[gnu::always_inline]] inline f64x16 operator+(f64x16 a, f64x16 b) {
  return {_mm512_add_pd(a.low, b.low), _mm512_add_pd(a.high, b.high)};
}

[[gnu::always_inline]] inline f64x16 operator-(f64x16 a, f64x16 b) {
  return {_mm512_sub_pd(a.low, b.low), _mm512_sub_pd(a.high, b.high)};
}

[[gnu::always_inline]] inline f64x16 operator*(f64x16 a, f64x16 b) {
  return {_mm512_mul_pd(a.low, b.low), _mm512_mul_pd(a.high, b.high)};
}

[[gnu::always_inline]] inline f64x16 operator/(f64x16 a, f64x16 b) {
  return {_mm512_div_pd(a.low, b.low), _mm512_div_pd(a.high, b.high)};
}

[[gnu::always_inline]] inline f64x16 fma(f64x16 a, f64x16 b, f64x16 c) {
  return {_mm512_fmadd_pd(a.low, b.low, c.low), _mm512_fmadd_pd(a.high, b.high, c.high)};
}

[[gnu::always_inline]] inline f64x16 max(f64x16 a, f64x16 b) {
  return {_mm512_maskz_max_pd(kAllWide, a.low, b.low),
          _mm512_maskz_max_pd(kAllWide, a.high, b.high)};
}

[[gnu::always_inline]] inline f64x16 times_power_of_two(f64x16 x, f64x16 n) {
  return {_mm512_maskz_scalef_pd(kAllWide, x.low, n.low),
          _mm512_maskz_scalef_pd(kAllWide, x.high, n.high)};
}

[[gnu::always_inline]] inline size_t append_at_least(f64x16 x, double bound, int32_t first,
                                                     f64x16 terms_of, size_t count, int32_t* ids,
                                                     double* terms) {
  const __m512d bounds = _mm512_set1_pd(bound);
  const unsigned low = _mm512_cmp_pd_mask(x.low, bounds, _CMP_GE_OQ);
  const unsigned high = _mm512_cmp_pd_mask(x.high, bounds, _CMP_GE_OQ);
  const unsigned mask = low | (high << 8);
  if (mask == 0) return count;
  const __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i all = _mm512_add_epi32(_mm512_set1_epi32(first), places);
  _mm512_storeu_si512(ids + count, _mm512_maskz_compress_epi32(static_cast<__mmask16>(mask), all));
  _mm512_storeu_pd(terms + count,
                   _mm512_maskz_compress_pd(static_cast<__mmask8>(low), terms_of.low));
  count += static_cast<size_t>(__builtin_popcount(low));
  _mm512_storeu_pd(terms + count,
                   _mm512_maskz_compress_pd(static_cast<__mmask8>(high), terms_of.high));
  return count + static_cast<size_t>(__builtin_popcount(high));
}

}  // namespace
}  // namespace tokenwalk
