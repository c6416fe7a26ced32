#pragma once

namespace tokenwalk {

/// Instructions that this processor has and that the operating system lets programs use: CPUID says
/// the one, XGETBV (whether wide registers are saved at a task switch) the other.
struct CpuFeatures {
  bool fma = false;
  bool avx2 = false;    ///< with F16C, as every processor with AVX2 but a few early ones
  bool avx512 = false;  ///< F, BW, DQ, VL and VNNI together
};

/// Asked once; all false on processors other than x86-64.
CpuFeatures cpu_features();

}  // namespace tokenwalk
