#pragma once

#include "lib/base/flushed.h"

// The arithmetic of the bf16 mode for x86 with an fma instruction: the processor flushes.

namespace tokenwalk {
namespace {

using FlushSubnormals = ProcessorFlushes;

[[gnu::always_inline]] inline f32x16 fma_flushed(f32x16 a, f32x16 b, f32x16 c) {
  return fma(a, b, c);
}
[[gnu::always_inline]] inline f32x16 add_flushed(f32x16 a, f32x16 b) {
  return a + b;
}

}  // namespace
}  // namespace tokenwalk
