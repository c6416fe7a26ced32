#pragma once

#include <stddef.h>

#include "lib/kernels/packed/vector_math.h"

namespace tokenwalk {
namespace {

[[gnu::always_inline]] inline f32x16 silu(f32x16 g) {
  return g / (broadcast(1.0f) + exp(-g));
}

// gate = silu(gate) * up, in place.
inline void silu_gate(float* gate, const float* up, size_t n) {
  const size_t whole = n / 16 * 16;
  for (size_t i = 0; i < whole; i += 16) store(gate + i, silu(load(gate + i)) * load(up + i));
  const f32x16 last = silu(load_first(gate + whole, n - whole));
  store_first(gate + whole, last * load_first(up + whole, n - whole), n - whole);
}

}  // namespace
}  // namespace tokenwalk
