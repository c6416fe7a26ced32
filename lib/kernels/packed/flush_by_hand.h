#pragma once

#include "lib/base/flushed.h"

// The arithmetic of the bf16 mode where no instruction flushes as it asks: each result is looked
// at, and weights are flushed as they are used.

namespace tokenwalk {
namespace {

/// Stands for the scope in which other targets let the processor flush.
struct FlushSubnormals {
  FlushSubnormals() {}
  ~FlushSubnormals() {}
};

[[gnu::always_inline]] inline f32x16 fma_flushed(f32x16 a, f32x16 b, f32x16 c) {
  float x[16], w[16], sum[16];
  store(x, a);
  store(w, b);
  store(sum, c);
  for (int i = 0; i < 16; ++i) sum[i] = flushed_fma(x[i], flushed(w[i]), sum[i]);
  return load(sum);
}

[[gnu::always_inline]] inline f32x16 add_flushed(f32x16 a, f32x16 b) {
  float sum[16];
  store(sum, a + b);
  for (int i = 0; i < 16; ++i) sum[i] = flushed(sum[i]);
  return load(sum);
}

}  // namespace
}  // namespace tokenwalk
