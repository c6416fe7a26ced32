#pragma once

// What code needs that g++ or clang++ compiles for the processor and nvcc for a GPU too. Everything
// that fixes an order of operations stands in headers made of this, once for both.

#if defined(__CUDACC__)
#define TOKENWALK_BOTH __host__ __device__ __forceinline__
#define TOKENWALK_UNROLL _Pragma("unroll")
#else
#define TOKENWALK_BOTH __attribute__((always_inline)) inline
#define TOKENWALK_UNROLL
#endif

namespace tokenwalk {

// One operation, rounded once to nearest even, never joined with another.

TOKENWALK_BOTH float fma_rn(float a, float b, float c) {
#if defined(__CUDA_ARCH__)
  return __fmaf_rn(a, b, c);
#else
  return __builtin_fmaf(a, b, c);
#endif
}

TOKENWALK_BOTH double fma_rn(double a, double b, double c) {
#if defined(__CUDA_ARCH__)
  return __fma_rn(a, b, c);
#else
  return __builtin_fma(a, b, c);
#endif
}

TOKENWALK_BOTH float sqrt_rn(float x) {
#if defined(__CUDA_ARCH__)
  return __fsqrt_rn(x);
#else
  return __builtin_sqrtf(x);
#endif
}

}  // namespace tokenwalk
