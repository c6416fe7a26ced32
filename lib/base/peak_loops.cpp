#include "lib/base/peak_loops.h"

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Compiled with optimisation whatever the program is compiled with. Loops over the sums are
// unrolled whole: an array that is indexed in a loop would lie in memory.

namespace tokenwalk {
namespace {

constexpr std::size_t kStreams = 8;
constexpr std::size_t kPrefetchFloats = 2048;  // 8 KiB ahead in each stream

#if defined(__x86_64__)

constexpr int kChains = 12;  // latency 4 times two a cycle is 8; AVX2 has 16 registers

[[gnu::target("avx2,fma")]] int f32_avx2(std::size_t steps) {
  __m256 sum[kChains];
  const __m256 x = _mm256_set1_ps(0.999f);
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) sum[i] = _mm256_set1_ps(static_cast<float>(i));
  for (; steps > 0; --steps) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sum[i] = _mm256_fmadd_ps(sum[i], x, x);
  }
#pragma GCC unroll 12
  for (int i = 1; i < kChains; ++i) sum[0] = _mm256_add_ps(sum[0], sum[i]);
  return static_cast<int>(_mm256_cvtss_f32(sum[0]));
}

[[gnu::target("avx512f")]] int f32_avx512(std::size_t steps) {
  __m512 sum[kChains];
  const __m512 x = _mm512_set1_ps(0.999f);
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) sum[i] = _mm512_set1_ps(static_cast<float>(i));
  for (; steps > 0; --steps) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sum[i] = _mm512_fmadd_ps(sum[i], x, x);
  }
#pragma GCC unroll 12
  for (int i = 1; i < kChains; ++i) sum[0] = _mm512_add_ps(sum[0], sum[i]);
  return static_cast<int>(_mm512_cvtss_f32(sum[0]));
}

// Pairs of products in 16 bits, pairs of these in 32, then the sum: three instructions. The operand
// changes with every step, or a compiler would multiply once.
[[gnu::target("avx2")]] int int8_avx2(std::size_t steps) {
  __m256i sum[kChains];
  const __m256i ones = _mm256_set1_epi16(1);
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) sum[i] = _mm256_set1_epi8(static_cast<char>(i));
  for (; steps > 0; --steps) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) {
      const __m256i pairs = _mm256_maddubs_epi16(ones, sum[i]);
      sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(pairs, ones));
    }
  }
#pragma GCC unroll 12
  for (int i = 1; i < kChains; ++i) sum[0] = _mm256_add_epi32(sum[0], sum[i]);
  return _mm256_cvtsi256_si32(sum[0]);
}

[[gnu::target("avx512f,avx512vnni")]] int int8_vnni(std::size_t steps) {
  __m512i sum[kChains];
  const __m512i x = _mm512_set1_epi8(1);
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) sum[i] = _mm512_set1_epi32(i);
  for (; steps > 0; --steps) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sum[i] = _mm512_dpbusd_epi32(sum[i], x, x);
  }
#pragma GCC unroll 12
  for (int i = 1; i < kChains; ++i) sum[0] = _mm512_add_epi32(sum[0], sum[i]);
  return _mm512_cvtsi512_si32(sum[0]);
}

[[gnu::target("avx2")]] float read_avx2(const float* data, std::size_t n) {
  const std::size_t length = n / kStreams;
  __m256 sum[kStreams];
#pragma GCC unroll 8
  for (std::size_t s = 0; s < kStreams; ++s) sum[s] = _mm256_setzero_ps();
  for (std::size_t i = 0; i < length; i += 16) {
#pragma GCC unroll 8
    for (std::size_t s = 0; s < kStreams; ++s) {
      const float* p = data + s * length + i;
      __builtin_prefetch(p + kPrefetchFloats, 0, 2);
      sum[s] = _mm256_add_ps(sum[s], _mm256_add_ps(_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)));
    }
  }
#pragma GCC unroll 8
  for (std::size_t s = 1; s < kStreams; ++s) sum[0] = _mm256_add_ps(sum[0], sum[s]);
  return _mm256_cvtss_f32(sum[0]);
}

#endif

// For other processors: loops that a compiler turns into its widest instructions.

int f32_plain(std::size_t steps) {
  constexpr int kLanes = 64;
  float sum[kLanes];
  for (int i = 0; i < kLanes; ++i) sum[i] = static_cast<float>(i);
  for (; steps > 0; --steps) {
    for (int i = 0; i < kLanes; ++i) sum[i] = __builtin_fmaf(sum[i], 0.999f, 0.999f);
  }
  float all = 0;
  for (int i = 0; i < kLanes; ++i) all += sum[i];
  return static_cast<int>(all);
}

int int8_plain(std::size_t steps) {
  constexpr int kLanes = 64;
  std::int32_t sum[kLanes];
  for (int i = 0; i < kLanes; ++i) sum[i] = i;
  for (; steps > 0; --steps) {
    for (int i = 0; i < kLanes; ++i) sum[i] += static_cast<std::int8_t>(sum[i]) * 3;
  }
  std::int32_t all = 0;
  for (int i = 0; i < kLanes; ++i) all ^= sum[i];
  return all;
}

float read_plain(const float* data, std::size_t n) {
  const std::size_t length = n / kStreams;
  float sum[kStreams][16] = {};
  for (std::size_t i = 0; i < length; i += 16) {
    for (std::size_t s = 0; s < kStreams; ++s) {
      const float* p = data + s * length + i;
      __builtin_prefetch(p + kPrefetchFloats, 0, 2);
      for (int lane = 0; lane < 16; ++lane) sum[s][lane] += p[lane];
    }
  }
  float all = 0;
  for (auto& lanes : sum) {
    for (const float lane : lanes) all += lane;
  }
  return all;
}

}  // namespace

PeakLoop f32_peak_loop() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return {"AVX-512 fma", kChains * 16 * 2, f32_avx512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return {"AVX2 fma", kChains * 8 * 2, f32_avx2};
  }
#endif
  return {"plain loop", 64 * 2, f32_plain};
}

PeakLoop int8_peak_loop() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vnni")) return {"AVX-512 VNNI", kChains * 64 * 2, int8_vnni};
  if (__builtin_cpu_supports("avx2")) return {"AVX2", kChains * 32 * 2, int8_avx2};
#endif
  return {"plain loop", 64 * 2, int8_plain};
}

float read_streams(const float* data, std::size_t n) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return read_avx2(data, n);
#endif
  return read_plain(data, n);
}

}  // namespace tokenwalk
