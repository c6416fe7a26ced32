#pragma once

#include "lib/kernels/cuda/product_rows.h"
#include "lib/kernels/cuda/small_kernels.h"

// The first steps of chapter 14's ladder: products of one row with float weights, as one would
// write them first. The engine uses ProductRows and ProductTiles.

namespace tokenwalk::cuda {

/// acc and one block of 32 terms: x[k] * w(k), those below `n`.
template <typename Weight>
TOKENWALK_BOTH float add_block(float acc, const float* x, std::uint32_t n, const Weight& w) {
  Lanes lanes;
  for (std::uint32_t k = 0; k < kUnit; k += 2) {
    lanes.even = fma_rn(k < n ? x[k] : 0.0f, k < n ? w(k) : 0.0f, lanes.even);
    lanes.odd = fma_rn(k + 1 < n ? x[k + 1] : 0.0f, k + 1 < n ? w(k + 1) : 0.0f, lanes.odd);
  }
  return acc + lanes.sum();
}

//! [14-one-thread-per-output]
/// One thread per output, weights as the file has them: y[o] = sum over k of x[k] w[o, k].
/// Neighbouring threads read addresses n_in floats apart.
struct OneThreadPerOutput : OnePhase {
  struct Args {
    const float* w = nullptr;  // [n_out, n_in]
    const float* x = nullptr;  // [n_in]
    float* y = nullptr;        // [n_out]
    std::uint32_t n_out = 0, n_in = 0;
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t o = element_of(at);
    if (o >= a.n_out) return;
    float acc = 0;
    for (std::uint32_t k = 0; k < a.n_in; k += kUnit) {
      const float* w = a.w + o * a.n_in + k;
      acc = add_block(acc, a.x + k, a.n_in - k, [w](std::uint32_t i) { return w[i]; });
    }
    a.y[o] = acc;
  }
};
//! [14-one-thread-per-output]

//! [14-columns]
/// The same with the weights transposed: neighbouring threads read neighbouring addresses.
struct OneThreadPerColumn : OnePhase {
  struct Args {
    const float* w = nullptr;  // [n_in, n_out]
    const float* x = nullptr;  // [n_in]
    float* y = nullptr;        // [n_out]
    std::uint32_t n_out = 0, n_in = 0;
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t o = element_of(at);
    if (o >= a.n_out) return;
    float acc = 0;
    for (std::uint32_t k = 0; k < a.n_in; k += kUnit) {
      const float* w = a.w + std::size_t{k} * a.n_out + o;
      const std::size_t stride = a.n_out;
      acc = add_block(acc, a.x + k, a.n_in - k, [=](std::uint32_t i) { return w[i * stride]; });
    }
    a.y[o] = acc;
  }
};
//! [14-columns]

}  // namespace tokenwalk::cuda
