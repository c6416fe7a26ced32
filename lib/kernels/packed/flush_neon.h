#pragma once

#include <arm_neon.h>

#include "lib/base/flushed.h"

// The arithmetic of the bf16 mode over four NEON registers. ARM's own flushing (FPCR.FZ) decides
// before it rounds, this mode after; so each result is looked at.

namespace tokenwalk {
namespace {

/// Stands for the scope in which other targets let the processor flush.
struct FlushSubnormals {
  FlushSubnormals() {}
  ~FlushSubnormals() {}
};

[[gnu::always_inline]] inline float32x4_t fma_flushed(float32x4_t a, float32x4_t b, float32x4_t c) {
  b = flushed(b);
  const float32x4_t r = vfmaq_f32(c, a, b);
  const uint32x4_t at_border = vceqq_f32(vabsq_f32(r), vdupq_n_f32(kSmallestNormal));
  if (vmaxvq_u32(at_border) == 0) return flushed(r);
  float lane_a[4], lane_b[4], lane[4];
  vst1q_f32(lane_a, a);
  vst1q_f32(lane_b, b);
  vst1q_f32(lane, c);
  for (int i = 0; i < 4; ++i) lane[i] = flushed_fma(lane_a[i], lane_b[i], lane[i]);
  return vld1q_f32(lane);
}

[[gnu::always_inline]] inline f32x16 fma_flushed(f32x16 a, f32x16 b, f32x16 c) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) c.part[i] = fma_flushed(a.part[i], b.part[i], c.part[i]);
  return c;
}

[[gnu::always_inline]] inline f32x16 add_flushed(f32x16 a, f32x16 b) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) a.part[i] = flushed(vaddq_f32(a.part[i], b.part[i]));
  return a;
}

}  // namespace
}  // namespace tokenwalk
