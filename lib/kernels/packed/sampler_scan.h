#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/base/exp_constants.h"
#include "lib/kernels/packed/ops.h"
#include "lib/kernels/packed/vector_math.h"

namespace tokenwalk {
namespace {

/// e^x for x <= 0: the operations of math::exp(double) in lib/base/math.cpp, in the same order.
[[gnu::always_inline]] inline f64x16 exp_wide(f64x16 x) {
  namespace c = exp_constants;
  const f64x16 to_integer = broadcast_wide(0x1.8p52);
  x = max(x, broadcast_wide(-746));  // below, everything rounds to 0
  const f64x16 n = (x * broadcast_wide(c::kWideLog2E) + to_integer) - to_integer;
  const f64x16 coarse = fma(n, broadcast_wide(-c::kWideLn2High), x);
  const f64x16 r = fma(n, broadcast_wide(-c::kWideLn2Low), coarse);
  f64x16 p = broadcast_wide(c::kWideP10);
  p = fma(p, r, broadcast_wide(c::kWideP9));
  p = fma(p, r, broadcast_wide(c::kWideP8));
  p = fma(p, r, broadcast_wide(c::kWideP7));
  p = fma(p, r, broadcast_wide(c::kWideP6));
  p = fma(p, r, broadcast_wide(c::kWideP5));
  p = fma(p, r, broadcast_wide(c::kWideP4));
  p = fma(p, r, broadcast_wide(c::kWideP3));
  p = fma(p, r, broadcast_wide(c::kWideP2));
  p = fma(p, r, broadcast_wide(c::kWideP1));
  p = fma(p, r, broadcast_wide(c::kWideP0));
  return times_power_of_two(fma(r * r, p, r) + broadcast_wide(1), n);
}

/// The sums of sixteen lanes, and what has been collected.
struct ScanState {
  f64x16 sums;
  size_t count;
};

template <typename Logit>
[[gnu::always_inline]] inline void scan_group(const Scan<Logit>& s, const Logit* logits,
                                              size_t first, ScanState& state) {
  const f64x16 x = load_wide(logits);
  const f64x16 terms = exp_wide((x - broadcast_wide(s.max)) / broadcast_wide(s.temperature));
  state.sums = state.sums + terms;
  state.count =
      append_at_least(x, s.bound, static_cast<int32_t>(first), terms, state.count, s.ids, s.terms);
}

// See Scan in ops.h.
template <typename Logit>
inline size_t scan(const Scan<Logit>* s) {
  ScanState state = {broadcast_wide(0), 0};
  const size_t whole = s->n / 16 * 16;
  for (size_t i = 0; i < whole; i += 16) scan_group(*s, s->logits + i, i, state);
  if (whole < s->n) {
    Logit last[16];  // masked ids behind the end: their terms are 0, and they are not collected
    for (int i = 0; i < 16; ++i) last[i] = -static_cast<Logit>(__builtin_inf());
    for (size_t i = whole; i < s->n; ++i) last[i - whole] = s->logits[i];
    scan_group(*s, last, whole, state);
  }
  store(s->sums, state.sums);
  return state.count;
}

/// x[i] .. x[i + 15]; -inf behind the end n.
[[gnu::always_inline]] inline f32x16 load_masked(const float* x, size_t i, size_t n) {
  if (i + 16 <= n) return load(x + i);
  float last[16];
  for (int k = 0; k < 16; ++k) last[k] = -__builtin_inff();
  for (size_t k = i; k < n; ++k) last[k - i] = x[k];
  return load(last);
}

// The largest of each kBlockOfMaxima numbers; false if one of all is NaN or +inf.
inline bool block_maxima(const float* x, size_t n, float* maxima) {
  const f32x16 infinity = broadcast(__builtin_inff());
  f32x16 bad = broadcast(0);
  for (size_t begin = 0; begin < n; begin += kBlockOfMaxima) {
    const size_t end = begin + smaller(n - begin, kBlockOfMaxima);
    f32x16 best = -infinity;
    for (size_t i = begin; i < end; i += 16) {
      const f32x16 v = load_masked(x, i, end);
      best = max(best, v);
      bad = where_less(v, infinity, bad, broadcast(1));
    }
    maxima[begin / kBlockOfMaxima] = largest(best);
  }
  return largest(bad) == 0;
}

// See Split in ops.h. Sums of floats stay short: one a block.
inline size_t split(Split* s) {
  const f32x16 max = broadcast(s->max), bound = broadcast(s->bound);
  const f32x16 per_temperature = broadcast(s->per_temperature);
  size_t count = 0;
  s->rest = 0;
  for (size_t begin = 0; begin < s->n; begin += kBlockOfMaxima) {
    const size_t end = begin + smaller(s->n - begin, kBlockOfMaxima);
    f32x16 sum = broadcast(0);
    for (size_t i = begin; i < end; i += 16) {
      const f32x16 x = load_masked(s->logits, i, end);
      sum = sum + where_less(x, bound, exp_about((x - max) * per_temperature), broadcast(0));
      for (unsigned lanes = lanes_at_least(x, bound); lanes != 0; lanes &= lanes - 1) {
        s->ids[count++] = static_cast<int32_t>(i) + __builtin_ctz(lanes);
      }
    }
    s->rest += tree_sum(sum);
  }
  return count;
}

}  // namespace
}  // namespace tokenwalk
