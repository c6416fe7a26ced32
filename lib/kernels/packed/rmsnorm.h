#pragma once

#include <stddef.h>

#include "lib/kernels/packed/vector_math.h"

namespace tokenwalk {
namespace {

// y = (x * (1 / sqrt(mean(x^2) + eps))) * weight; the squares summed in 16 lanes by index.
inline void rmsnorm(const float* x, const float* weight, size_t n, float eps, float* y) {
  const size_t whole = n / 16 * 16;
  f32x16 squares = broadcast(0.0f);
  for (size_t k = 0; k < whole; k += 16) {
    const f32x16 v = load(x + k);
    squares = fma(v, v, squares);
  }
  const f32x16 last = load_first(x + whole, n - whole);  // the +0 behind adds nothing
  squares = fma(last, last, squares);

  const float mean = tree_sum(squares) / static_cast<float>(n);
  const f32x16 r = broadcast(1.0f / __builtin_sqrtf(mean + eps));
  for (size_t k = 0; k < whole; k += 16) store(y + k, (load(x + k) * r) * load(weight + k));
  store_first(y + whole, (last * r) * load_first(weight + whole, n - whole), n - whole);
}

}  // namespace
}  // namespace tokenwalk
