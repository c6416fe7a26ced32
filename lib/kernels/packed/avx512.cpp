// Compiled with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni
// -mfma.
#include "lib/kernels/packed/f32x16_avx512.h"

#include "lib/kernels/packed/f64x16_avx512.h"
#include "lib/kernels/packed/flush_x86.h"
#include "lib/kernels/packed/i8x64_avx512.h"

#include "lib/kernels/packed/operations.h"

namespace tokenwalk {

const PackedOps* packed_ops_avx512() {
  static constexpr PackedOps kOps = make_ops("avx512");
  return &kOps;
}

}  // namespace tokenwalk
