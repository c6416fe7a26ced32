// Compiled with -mfma: the same source as portable.cpp, some thirty times as fast.
#include "lib/kernels/packed/f32x16_portable.h"

#include "lib/kernels/packed/f64x16_portable.h"
#include "lib/kernels/packed/i8x64_portable.h"

#include "lib/kernels/packed/operations.h"

namespace tokenwalk {

const PackedOps* packed_ops_portable_fma() {
  static constexpr PackedOps kOps = make_ops("portable");
  return &kOps;
}

}  // namespace tokenwalk
