#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

// The pieces of a transformer, one row (one token) at a time, in plain loops.
// Every set of fast kernels is tested against these, bit for bit.

/// x = row `id` of the embedding table. table [vocab, hidden], x [hidden].
void embed(MatrixView table, int id, std::span<float> x);

/// y = (x / sqrt(mean(x^2) + eps)) * weight. All [n]; y may be x.
/// The sum of squares runs in 16 lanes by index (lib/base/lanes.h), each term one fma.
/// Source: Zhang, Sennrich, "Root mean square layer normalization" (2019).
void rmsnorm(std::span<const float> x, std::span<const float> weight, float eps,
             std::span<float> y);

/// y = W x: every output is one dot product, for which x is rounded once as the format of W asks.
/// w [n_out, n_in], x [n_in], y [n_out].
void linear(MatrixView w, std::span<const float> x, std::span<float> y);

/// How far each pair of a head turns from one position to the next: 1 / theta^(2 i / head_dim),
/// i = 0 .. head_dim / 2 - 1. The power and its inverse are rounded to float, as transformers does.
/// Source: Su et al., "RoFormer: enhanced transformer with rotary position embedding" (2021).
std::vector<float> rotary_frequencies(std::size_t head_dim, double theta);

/// Cosine and sine of the angles position * frequency, each angle rounded to float once.
/// All [head_dim / 2].
void rotary_angles(std::size_t position, std::span<const float> frequencies,
                   std::span<float> cosines, std::span<float> sines);

/// Rotates each pair (head[i], head[i + head_dim / 2]) by its angle, in place.
/// head [head_dim], cosines and sines [head_dim / 2].
void rotate_head(std::span<float> head, std::span<const float> cosines,
                 std::span<const float> sines);

/// e_j = exp(s_j - max), in place; returns 1 / (e_0 + e_1 + ...), the sum in 16 lanes by index.
/// scores [n], n >= 1.
float exponentials_in_place(std::span<float> scores);

/// K or V of one head: the row of position j starts at data + j * stride and is head_dim long.
struct HeadView {
  const float* data = nullptr;
  std::size_t stride = 0;
};

/// Attention of one query over positions 0 .. n_positions - 1:
///     s_j = (q . k_j) / sqrt(head_dim),  p = softmax(s),  out = sum over j of p_j v_j
/// q and out [head_dim]. Positions beyond are never read, whatever they hold.
/// Source: Vaswani et al., "Attention is all you need" (2017), section 3.2.1.
void attend_head(std::span<const float> q, HeadView keys, HeadView values, std::size_t n_positions,
                 std::span<float> out);

/// All query heads of one row; head h uses K/V head h / (n_heads / n_kv_heads).
/// q and out [n_heads, head_dim]; keys and values row-major [n_positions, n_kv_heads, head_dim].
/// Source: Ainslie et al., "GQA: training generalized multi-query transformer models" (2023).
void attend_grouped(AttentionShape shape, const float* q, const float* keys, const float* values,
                    std::size_t n_positions, float* out);

/// gate = silu(gate) * up with silu(g) = g / (1 + exp(-g)), in place. Both [n].
/// Source: Shazeer, "GLU variants improve transformer" (2020).
void silu_gate(std::span<float> gate, std::span<const float> up);

/// x = x + y, in place. Both [n].
void add(std::span<float> x, std::span<const float> y);

}  // namespace tokenwalk
