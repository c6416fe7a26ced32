#include "lib/base/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tokenwalk {
namespace {

#if defined(__x86_64__)
// CPUID leaf 1, ECX bit 29; g++ 12's list of names lacks it. It needs what AVX2 needs of the
// system.
bool has_f16c() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c >> 29 & 1) != 0;
}
#endif

CpuFeatures ask_cpu() {
  CpuFeatures features;
#if defined(__x86_64__)
  // The compiler's runtime runs CPUID and XGETBV: without the system's consent it says no.
  __builtin_cpu_init();
  features.fma = __builtin_cpu_supports("fma") != 0;
  features.avx2 = __builtin_cpu_supports("avx2") != 0 && has_f16c();
  features.avx512 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512vnni") != 0;
#endif
  return features;
}

}  // namespace

CpuFeatures cpu_features() {
  static const CpuFeatures features = ask_cpu();
  return features;
}

}  // namespace tokenwalk
