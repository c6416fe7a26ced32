// Compiled for any processor. Without an fma instruction every fma is a call of the C library.
#include "lib/kernels/packed/f32x16_portable.h"

#include "lib/kernels/packed/f64x16_portable.h"
#include "lib/kernels/packed/i8x64_portable.h"

#include "lib/kernels/packed/operations.h"

namespace tokenwalk {

const PackedOps* packed_ops_portable() {
  static constexpr PackedOps kOps = make_ops("portable");
  return &kOps;
}

}  // namespace tokenwalk
