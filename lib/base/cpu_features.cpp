#include "lib/base/cpu_features.h"

namespace tokenwalk {
namespace {

CpuFeatures ask_cpu() {
  CpuFeatures features;
#if defined(__x86_64__)
  // The compiler's runtime runs CPUID and XGETBV: without the system's consent it says no.
  __builtin_cpu_init();
  features.fma = __builtin_cpu_supports("fma") != 0;
  features.avx2 = __builtin_cpu_supports("avx2") != 0;
  features.avx512 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
#endif
  return features;
}

}  // namespace

CpuFeatures cpu_features() {
  static const CpuFeatures features = ask_cpu();
  return features;
}

}  // namespace tokenwalk
