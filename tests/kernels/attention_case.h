#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "lib/kernels/kernels.h"
#include "tests/kernels/exact_test.h"
#include "tests/support/dice.h"

namespace tokenwalk {

/// K and V of one layer for some positions, and queries for some rows.
struct AttentionCase {
  AttentionShape shape;
  KvType type = KvType::kF32;
  std::vector<std::vector<float>> keys, values;  // [n_positions][n_kv_heads * head_dim]
  std::vector<float> q;                          // [n_rows, n_heads * head_dim]
  std::vector<std::size_t> positions;            // of the rows; the last row sees all
};

AttentionCase draw_case(AttentionShape shape, std::size_t n_positions, std::size_t n_rows,
                        Numbers kind, Dice& dice);

/// The case's K and V in the layout of a set, and its attention there: [n_rows, n_heads *
/// head_dim].
std::unique_ptr<LayerKv> fill_kv(const KernelSet& set, const AttentionCase& c);
std::vector<float> attend(const KernelSet& set, const AttentionCase& c, const LayerKv& kv);

}  // namespace tokenwalk
