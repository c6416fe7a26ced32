#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "chapters/04_transformer/trace.h"
#include "lib/kernels/kernels.h"

namespace tokenwalk {

// What the chapter's program shows, as text. Nothing here is part of the model.

/// The attention of one query head over a whole pass: weight[t, j] is how much the row at position
/// t takes of position j; rows sum to 1, and weight[t, j] = 0 for j > t. Computed again from the
/// pass's queries [n, n_heads, head_dim] (TraceKernels) and its K.
std::vector<float> attention_weights(const KernelSet& kernels, AttentionShape shape,
                                     std::span<const float> queries, const LayerKv& kv,
                                     std::size_t head);

/// The same as a table: labels (without their leading space) at the top and at the left, positions
/// that a row cannot see left blank, each row's sum at its end.
std::string format_attention(std::span<const float> weights, std::vector<std::string> labels);

/// The steps of a pass of n_layers equal layers: the first layer's, then a line for the others.
std::string format_steps(const std::vector<TraceKernels::Step>& steps, std::size_t n_layers);

/// "(0.8485, 1.1314)"
std::string format_vector(std::span<const float> values);

/// The ids of the n largest logits, or of all if they are fewer: largest first, NaN last; ties:
/// lower id first.
std::vector<int> best_ids(std::span<const float> logits, std::size_t n);

}  // namespace tokenwalk
