#pragma once

#include "lib/kernels/packed/ops.h"
#include "lib/kernels/packed/product.h"
#include "lib/kernels/packed/rows_to_lines.h"
#include "lib/kernels/packed/vector_math.h"

// Attention of a few query heads over one K/V head. Keys lie in lines of 16 positions and values in
// lines of 16 dimensions, so that both products are those of product.h.

namespace tokenwalk {
namespace {

// How far ahead keys and values are asked for: a long text's come from memory.
constexpr size_t kGroupsAhead = 2;  // of 16 positions
constexpr size_t kValuesAhead = 64;

[[gnu::always_inline]] inline size_t up_to_lines(size_t n) {
  return (n + 15) / 16 * 16;
}

// scores[h, j] = q_h . k_j for n_positions keys in lines, a group of 16 positions after the other.
template <typename Element>
inline void score_lines(const Attend<Element>& a, const Element* lines, size_t n_positions,
                        float* scores, size_t row_size) {
  Product<Element> p = {};
  p.w = lines;
  p.line_stride = a.head_dim * 16;
  p.term_stride = 16;
  p.ahead = kGroupsAhead * p.line_stride;
  p.x = a.q;
  p.x_stride = a.head_dim;
  p.n_rows = a.n_heads;
  p.n_terms = a.head_dim;
  p.y = scores;
  p.y_stride = row_size;
  p.n_outputs = n_positions;
  cached_product(p);
}

// The head's keys of the positions from j on, in the block that holds them: behind all values.
template <typename Element>
[[gnu::always_inline]] inline const Element* keys_from(const Attend<Element>& a, size_t j) {
  const size_t heads_before = a.n_kv_heads + a.kv_head;
  return a.blocks[j / kBlockPositions] +
         (heads_before * kBlockPositions + j % kBlockPositions) * a.head_dim;
}

// All scores [n_heads, n_positions up to a whole line]. Keys that are rows still, fewer than 16,
// become lines first.
template <typename Element>
inline void compute_scores(const Attend<Element>& a, float* scores, size_t row_size,
                           Element* lines) {
  const size_t n_in_lines = smaller(a.n_positions, a.n_in_lines);
  for (size_t j = 0; j < n_in_lines; j += kBlockPositions) {
    const size_t n = smaller(n_in_lines - j, kBlockPositions);
    score_lines(a, keys_from(a, j), n, scores + j, row_size);
  }
  const size_t n_rows = a.n_positions - n_in_lines;
  if (n_rows == 0) return;
  rows_to_lines(keys_from(a, n_in_lines), a.head_dim, n_rows, a.head_dim, lines);
  score_lines(a, lines, n_rows, scores + n_in_lines, row_size);
}

// score_j becomes e_j = exp(score_j * scale - max); returns 1 / (e_0 + e_1 + ...). What lies behind
// position n - 1 in its line is set to -inf, so that it is no maximum and counts as e = +0.
inline float compute_exponentials(float* scores, size_t n, float scale) {
  const size_t n_lanes = up_to_lines(n);
  for (size_t j = n; j < n_lanes; ++j) scores[j] = -__builtin_inff();

  f32x16 best = broadcast(-__builtin_inff());
  for (size_t j = 0; j < n_lanes; j += 16) {
    const f32x16 scaled = load(scores + j) * broadcast(scale);
    store(scores + j, scaled);
    best = max(scaled, best);  // NaN may get lost here, but not in the sum below
  }
  const f32x16 top = broadcast(largest(best));
  f32x16 sum = broadcast(0.0f);
  for (size_t j = 0; j < n_lanes; j += 16) {
    const f32x16 e = exp(load(scores + j) - top);
    store(scores + j, e);
    sum = sum + e;
  }
  return 1.0f / tree_sum(sum);
}

// mixed[h, d] = sum over j of e[h, j] * v_j[d]; the sums go on from block to block. No position
// behind n_positions - 1 is read, whatever it holds. A last line that is not full goes on into the
// next head or the keys, and what it gives there is not kept.
template <typename Element>
inline void mix_values(const Attend<Element>& a, const float* e, size_t row_size, float* mixed) {
  for (size_t j = 0; j < a.n_positions; j += kBlockPositions) {
    Product<Element> p = {};
    p.w = a.blocks[j / kBlockPositions] + a.kv_head * kBlockPositions * a.head_dim;
    p.line_stride = 16;
    p.term_stride = a.head_dim;
    p.ahead = kValuesAhead * p.term_stride;
    p.x = e + j;
    p.x_stride = row_size;
    p.n_rows = a.n_heads;
    p.n_terms = smaller(a.n_positions - j, kBlockPositions);
    p.y = mixed;
    p.y_stride = up_to_lines(a.head_dim);
    p.n_outputs = a.head_dim;
    p.continues = j > 0;
    cached_product(p);
  }
}

template <typename Element>
inline void attend(const Attend<Element>* a) {
  const size_t row_size = up_to_lines(a->n_positions);
  const size_t width = up_to_lines(a->head_dim);
  float* scores = a->scratch;                     // [n_heads, row_size]
  float* mixed = scores + a->n_heads * row_size;  // [n_heads, width]

  float* one_over_sum = mixed + a->n_heads * width;                     // [n_heads]
  auto* lines = reinterpret_cast<Element*>(one_over_sum + a->n_heads);  // [head_dim, 16]
  compute_scores(*a, scores, row_size, lines);
  for (size_t h = 0; h < a->n_heads; ++h) {
    one_over_sum[h] = compute_exponentials(scores + h * row_size, a->n_positions, a->scale);
  }
  mix_values(*a, scores, row_size, mixed);
  for (size_t h = 0; h < a->n_heads; ++h) {
    for (size_t d = 0; d < a->head_dim; d += 16) {
      const f32x16 out = load(mixed + h * width + d) * broadcast(one_over_sum[h]);
      store_first(a->out + h * a->head_dim + d, out, smaller(a->head_dim - d, 16));
    }
  }
}

}  // namespace
}  // namespace tokenwalk
