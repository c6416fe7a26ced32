#pragma once

#include <cstddef>
#include <span>

#include "chapters/04_transformer/layers.h"

namespace tokenwalk {

// Functions that are known to be wrong, kept for the page and the tests.

/// `rotate_head` with the neighbours (2 i, 2 i + 1) as pairs. A model can be trained either way,
/// but one that was trained with the halves talks nonsense with neighbours.
void rotate_head_neighbours(std::span<float> head, std::span<const float> cosines,
                            std::span<const float> sines);

/// `attend_grouped` with query head h on K/V head h % n_kv_heads: the groups are interleaved.
void attend_grouped_modulo(AttentionShape shape, const float* q, const float* keys,
                           const float* values, std::size_t n_positions, float* out);

/// `attend_head` that runs over all n_stored positions and takes the later ones out by multiplying
/// their weight by 0: fine until something infinite or NaN is stored there.
void attend_head_multiplying(std::span<const float> q, HeadView keys, HeadView values,
                             std::size_t n_positions, std::size_t n_stored, std::span<float> out);

}  // namespace tokenwalk
