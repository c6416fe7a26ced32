// Compiled for aarch64, all of which has NEON.
#include "lib/kernels/packed/f32x16_neon.h"

#include "lib/kernels/packed/f64x16_neon.h"
#include "lib/kernels/packed/flush_neon.h"
#include "lib/kernels/packed/i8x64_neon.h"

#include "lib/kernels/packed/operations.h"

namespace tokenwalk {

const PackedOps* packed_ops_neon() {
  static constexpr PackedOps kOps = make_ops("neon");
  return &kOps;
}

}  // namespace tokenwalk
