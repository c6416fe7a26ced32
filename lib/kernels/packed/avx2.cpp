// Compiled with -mavx2 -mfma -mf16c.
#include "lib/kernels/packed/f32x16_avx2.h"

#include "lib/kernels/packed/f64x16_avx2.h"
#include "lib/kernels/packed/flush_x86.h"
#include "lib/kernels/packed/i8x64_avx2.h"

#include "lib/kernels/packed/operations.h"

namespace tokenwalk {

const PackedOps* packed_ops_avx2() {
  static constexpr PackedOps kOps = make_ops("avx2");
  return &kOps;
}

}  // namespace tokenwalk
