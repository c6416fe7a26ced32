#pragma once

#include "lib/kernels/packed/activations.h"
#include "lib/kernels/packed/add.h"
#include "lib/kernels/packed/attention.h"
#include "lib/kernels/packed/integer_product.h"
#include "lib/kernels/packed/ops.h"
#include "lib/kernels/packed/product.h"
#include "lib/kernels/packed/rmsnorm.h"
#include "lib/kernels/packed/rotary.h"
#include "lib/kernels/packed/sampler_scan.h"
#include "lib/kernels/packed/silu_gate.h"
#include "lib/kernels/packed/vector_math.h"

// The operations of one target, gathered into its table. A target's source file includes
// definitions of f32x16, i8x64 and f64x16 first, then this.
//
// Everything in these headers lives in an unnamed namespace and nothing comes from the C++ library:
// an inline function that two files share could be linked from the file compiled for the wider
// instructions, and the whole program would fail on an older machine. A test looks for such symbols
// in the object files.

namespace tokenwalk {
namespace {

inline void exp_all(float* x, size_t n) {
  for (size_t i = 0; i < n; i += 16) {
    const size_t count = smaller(n - i, 16);
    store_first(x + i, exp(load_first(x + i, count)), count);
  }
}

constexpr PackedOps make_ops(const char* name) {
  return {name,
          product_f32,
          product_bf16,
          integer_product<EightBits>,
          integer_product<FourBits>,
          round_bf16,
          quantize,
          rmsnorm,
          rotate,
          attend<float>,
          attend<Half>,
          attend<BFloat>,
          silu_gate,
          add,
          exp_all,
          block_maxima,
          scan<float>,
          scan<double>,
          split};
}

}  // namespace
}  // namespace tokenwalk
