#pragma once

#include <stddef.h>

namespace tokenwalk {
namespace {

// Pairs (x1[i], x2[i]), at most 16 of them, turned by their angles.
[[gnu::always_inline]] inline void rotate_pairs(float* x1, float* x2, const float* cosines,
                                                const float* sines, size_t n) {
  const f32x16 a = load_first(x1, n);
  const f32x16 b = load_first(x2, n);
  const f32x16 c = load_first(cosines, n);
  const f32x16 s = load_first(sines, n);
  store_first(x1, fma(a, c, -(b * s)), n);
  store_first(x2, fma(b, c, a * s), n);
}

// Pairs (head[i], head[i + head_dim / 2]).
inline void rotate(float* head, size_t head_dim, const float* cosines, const float* sines) {
  const size_t half = head_dim / 2;
  for (size_t i = 0; i < half; i += 16) {
    const size_t n = half - i < 16 ? half - i : 16;
    rotate_pairs(head + i, head + half + i, cosines + i, sines + i, n);
  }
}

}  // namespace
}  // namespace tokenwalk
