#pragma once

#include <stddef.h>

namespace tokenwalk {
namespace {

// x = x + y, in place.
inline void add(float* x, const float* y, size_t n) {
  const size_t whole = n / 16 * 16;
  for (size_t i = 0; i < whole; i += 16) store(x + i, load(x + i) + load(y + i));
  const f32x16 last = load_first(x + whole, n - whole) + load_first(y + whole, n - whole);
  store_first(x + whole, last, n - whole);
}

}  // namespace
}  // namespace tokenwalk
