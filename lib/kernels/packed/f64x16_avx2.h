#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

// Sixteen doubles in four AVX2 registers. See f64x16_portable.h for what each function does.

namespace tokenwalk {
namespace {

struct f64x16 {
  __m256d part[4];  // lanes 4 i .. 4 i + 3
};

[[gnu::always_inline]] inline f64x16 load_wide(const float* p) {
  return {{_mm256_cvtps_pd(_mm_loadu_ps(p)), _mm256_cvtps_pd(_mm_loadu_ps(p + 4)),
           _mm256_cvtps_pd(_mm_loadu_ps(p + 8)), _mm256_cvtps_pd(_mm_loadu_ps(p + 12))}};
}

[[gnu::always_inline]] inline f64x16 load_wide(const double* p) {
  return {{_mm256_loadu_pd(p), _mm256_loadu_pd(p + 4), _mm256_loadu_pd(p + 8),
           _mm256_loadu_pd(p + 12)}};
}

[[gnu::always_inline]] inline void store(double* p, f64x16 x) {
  for (int i = 0; i < 4; ++i) _mm256_storeu_pd(p + 4 * i, x.part[i]);
}

[[gnu::always_inline]] inline f64x16 broadcast_wide(double x) {
  const __m256d all = _mm256_set1_pd(x);
  return {{all, all, all, all}};
}

[[gnu::always_inline]] inline f64x16 operator+(f64x16 a, f64x16 b) {
  for (int i = 0; i < 4; ++i) a.part[i] = _mm256_add_pd(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f64x16 operator-(f64x16 a, f64x16 b) {
  for (int i = 0; i < 4; ++i) a.part[i] = _mm256_sub_pd(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f64x16 operator*(f64x16 a, f64x16 b) {
  for (int i = 0; i < 4; ++i) a.part[i] = _mm256_mul_pd(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f64x16 operator/(f64x16 a, f64x16 b) {
  for (int i = 0; i < 4; ++i) a.part[i] = _mm256_div_pd(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline f64x16 fma(f64x16 a, f64x16 b, f64x16 c) {
  for (int i = 0; i < 4; ++i) c.part[i] = _mm256_fmadd_pd(a.part[i], b.part[i], c.part[i]);
  return c;
}

[[gnu::always_inline]] inline f64x16 max(f64x16 a, f64x16 b) {
  for (int i = 0; i < 4; ++i) a.part[i] = _mm256_max_pd(a.part[i], b.part[i]);
  return a;
}

[[gnu::always_inline]] inline __m256d power_of_two(__m256d n) {
  const __m256d sum = _mm256_add_pd(n, _mm256_set1_pd(0x1.8p52 + 1023));
  return _mm256_castsi256_pd(_mm256_slli_epi64(_mm256_castpd_si256(sum), 52));
}

[[gnu::always_inline]] inline f64x16 times_power_of_two(f64x16 x, f64x16 n) {
  const f64x16 to_integer = broadcast_wide(0x1.8p52);
  const f64x16 half = (n * broadcast_wide(0.5) + to_integer) - to_integer;
  const f64x16 rest = n - half;
  for (int i = 0; i < 4; ++i) {
    const __m256d first = _mm256_mul_pd(x.part[i], power_of_two(half.part[i]));
    x.part[i] = _mm256_mul_pd(first, power_of_two(rest.part[i]));
  }
  return x;
}

[[gnu::always_inline]] inline size_t append_at_least(f64x16 x, double bound, int32_t first,
                                                     f64x16 terms_of, size_t count, int32_t* ids,
                                                     double* terms) {
  unsigned mask = 0;
  for (int i = 0; i < 4; ++i) {
    const __m256d at_least = _mm256_cmp_pd(x.part[i], _mm256_set1_pd(bound), _CMP_GE_OQ);
    mask |= static_cast<unsigned>(_mm256_movemask_pd(at_least)) << (4 * i);
  }
  if (mask == 0) return count;
  double lane[16];
  store(lane, terms_of);
  for (; mask != 0; mask &= mask - 1) {
    const int i = __builtin_ctz(mask);
    ids[count] = first + i;
    terms[count++] = lane[i];
  }
  return count;
}

}  // namespace
}  // namespace tokenwalk
