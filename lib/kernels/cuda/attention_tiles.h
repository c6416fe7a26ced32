#pragma once

#include "lib/kernels/cuda/attention.h"

// Attention of many rows of one sequence: the products of tile.h, whose rows are pairs of a row and
// one of the query heads that share a K/V head. Exponentials (attention.h) run between the two.

namespace tokenwalk::cuda {

/// A pair of the tile: its row and query head. Pairs beyond the tile's rows are not there.
struct TilePair {
  std::uint32_t row, head;
  bool there;
};

TOKENWALK_BOTH TilePair pair_of(const AttendArgs& a, const AttendTile& tile, std::uint32_t kv_head,
                                std::uint32_t pair) {
  const std::uint32_t group = a.shape.group(), row = pair / group;
  return {tile.first_row + row, kv_head * group + pair % group, row < tile.n_rows};
}

/// Rows of a tile; 0: so many heads share a K/V head that tiles cannot be used.
TOKENWALK_BOTH constexpr std::uint32_t rows_of_tile(std::uint32_t group) {
  return kTileRows / group;
}

struct AttendTileState {
  TileSums sums;
  TileX x;
  Float4 w[4];
};

/// scores[row, head, j] = (q . k_j) * scale for 64 pairs and 64 positions.
/// Grid: (tiles of 64 positions, K/V heads, tiles of rows).
struct ScoreTiles {
  using Args = AttendArgs;
  using Shared = TileShared;
  using State = AttendTileState;
  static constexpr std::uint32_t kThreads = kTileThreads;
  static constexpr std::uint32_t kBlocks = 3;

  static TOKENWALK_BOTH std::uint32_t n_phases(const Args& a, Grid block) {
    const bool there = block.x * kTileColumns <= a.tiles[block.z].largest_position;
    return there ? 2 * divide_up(a.shape.head_dim, kUnit) : 0;
  }

  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t phase, Shared& shared,
                                   State& state) {
    const std::uint32_t n_units = divide_up(a.shape.head_dim, kUnit), unit = phase / 2;
    if (phase == 0) load(a, at, 0, state);
    if (phase % 2 == 0) {
      put_x(shared, at.thread, state.x);
      put_keys(shared, at.thread, state);
      return;
    }
    if (unit + 1 < n_units) load(a, at, unit + 1, state);
    add_tile_block<false>(shared, at.thread, {}, state.sums);
    if (unit + 1 == n_units) store(a, at, state.sums);
  }

 private:
  static TOKENWALK_BOTH void load(const Args& a, Place at, std::uint32_t unit, State& state) {
    const AttendTile& tile = a.tiles[at.block.z];
    const std::uint32_t dim = a.shape.head_dim, k = unit * kUnit + part_term(at.thread);
    TOKENWALK_UNROLL
    for (std::uint32_t i = 0; i < 4; ++i) {
      const TilePair pair = pair_of(a, tile, at.block.y, part_row(at.thread, i));
      const float* q = a.q + a.row_head(pair.row, pair.head) * dim + k;
      state.x.part[i] = load_four(q, pair.there && k < dim ? dim - k : 0, dim % 4 == 0);
    }
    const std::uint32_t j = at.block.x * kTileColumns + at.thread % kTileColumns;
    TOKENWALK_UNROLL
    for (std::uint32_t i = 0; i < 4; ++i) {
      const std::uint32_t quad = unit * (kUnit / 4) + at.thread / kTileColumns * 4 + i;
      const bool there = j <= tile.largest_position && quad < a.shape.quads();
      state.w[i] = there ? load_kv_quad(a.tables[tile.first_row][j / kKvPositions],
                                        a.shape.key_quad(at.block.y, quad, j), a.shape.type)
                         : Float4{};
    }
  }

  static TOKENWALK_BOTH void put_keys(Shared& shared, std::uint32_t thread, const State& state) {
    TOKENWALK_UNROLL
    for (std::uint32_t k = 0; k < kUnit / 2; ++k) {
      const std::uint32_t term = thread / kTileColumns * (kUnit / 2) + k;
      shared.w[term * kTileColumns + thread % kTileColumns] = state.w[k / 4].v[k % 4];
    }
  }

  static TOKENWALK_BOTH void store(const Args& a, Place at, const TileSums& sums) {
    const std::uint32_t j = at.block.x * kTileColumns + tile_column(at.thread);
    TOKENWALK_UNROLL
    for (std::uint32_t r = 0; r < kThreadRows; ++r) {
      const TilePair pair = pair_of(a, a.tiles[at.block.z], at.block.y, tile_row(at.thread) + r);
      if (!pair.there) continue;
      float* scores = a.scores_of(pair.row, pair.head) + j;
      TOKENWALK_UNROLL
      for (std::uint32_t c = 0; c < kThreadColumns; ++c) scores[c] = sums.acc[r][c] * a.scale;
    }
  }
};

/// out = (the sum of e_j v_j) * one_over_sum for 64 pairs and 64 dimensions.
/// Grid: (tiles of 64 dimensions, K/V heads, tiles of rows).
struct MixTiles {
  using Args = AttendArgs;
  using Shared = TileShared;
  using State = AttendTileState;
  static constexpr std::uint32_t kThreads = kTileThreads;
  static constexpr std::uint32_t kBlocks = 2;

  static TOKENWALK_BOTH std::uint32_t n_phases(const Args& a, Grid block) {
    return 2 * (a.tiles[block.z].largest_position / kUnit + 1);
  }

  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t phase, Shared& shared,
                                   State& state) {
    const AttendTile& tile = a.tiles[at.block.z];
    const std::uint32_t last = tile.largest_position / kUnit, unit = phase / 2;
    if (phase == 0) load(a, tile, at, 0, state);
    if (phase % 2 == 0) {
      put_x(shared, at.thread, state.x);
      put_values(shared, at.thread, state);
      return;
    }
    if (unit < last) load(a, tile, at, unit + 1, state);
    add_block(a, tile, at, unit, shared, state.sums);
    if (unit == last) store(a, tile, at, state.sums);
  }

 private:
  static TOKENWALK_BOTH void load(const Args& a, const AttendTile& tile, Place at,
                                  std::uint32_t unit, State& state) {
    const std::uint32_t j = unit * kUnit + part_term(at.thread);
    TOKENWALK_UNROLL
    for (std::uint32_t i = 0; i < 4; ++i) {
      const TilePair pair = pair_of(a, tile, at.block.y, part_row(at.thread, i));
      state.x.part[i] = load_four(a.scores_of(pair.row, pair.head) + j, pair.there ? 4 : 0, true);
    }
    const std::uint32_t d = at.block.x * kTileColumns + at.thread % kTileColumns;
    const void* block = a.tables[tile.first_row][unit * kUnit / kKvPositions];
    TOKENWALK_UNROLL
    for (std::uint32_t i = 0; i < kUnit / 2; ++i) {
      const std::uint32_t position = unit * kUnit + at.thread / kTileColumns * (kUnit / 2) + i;
      const bool there = position <= tile.largest_position && d < a.shape.head_dim;
      state.w[i / 4].v[i % 4] =
          there ? load_kv(block, a.shape.value_row(at.block.y, position) + d, a.shape.type) : 0.0f;
    }
  }

  static TOKENWALK_BOTH void put_values(Shared& shared, std::uint32_t thread, const State& state) {
    TOKENWALK_UNROLL
    for (std::uint32_t k = 0; k < kUnit / 2; ++k) {
      const std::uint32_t term = thread / kTileColumns * (kUnit / 2) + k;
      shared.w[term * kTileColumns + thread % kTileColumns] = state.w[k / 4].v[k % 4];
    }
  }

  // Behind a row's own position nothing counts: where a block of 32 reaches beyond some row's,
  // every row takes its own number of terms.
  static TOKENWALK_BOTH void add_block(const Args& a, const AttendTile& tile, Place at,
                                       std::uint32_t unit, const Shared& shared, TileSums& sums) {
    std::uint32_t limit[kThreadRows] = {};
    if (unit * kUnit + kUnit - 1 <= tile.least_position) {
      add_tile_block<false>(shared, at.thread, limit, sums);
      return;
    }
    TOKENWALK_UNROLL
    for (std::uint32_t r = 0; r < kThreadRows; ++r) {
      const TilePair pair = pair_of(a, tile, at.block.y, tile_row(at.thread) + r);
      const std::uint32_t n = pair.there ? a.positions[pair.row] + 1 : 0;
      limit[r] = n > unit * kUnit ? n - unit * kUnit : 0;
    }
    add_tile_block<true>(shared, at.thread, limit, sums);
  }

  static TOKENWALK_BOTH void store(const Args& a, const AttendTile& tile, Place at,
                                   const TileSums& sums) {
    const std::uint32_t d = at.block.x * kTileColumns + tile_column(at.thread);
    TOKENWALK_UNROLL
    for (std::uint32_t r = 0; r < kThreadRows; ++r) {
      const TilePair pair = pair_of(a, tile, at.block.y, tile_row(at.thread) + r);
      if (!pair.there) continue;
      const std::size_t place = a.row_head(pair.row, pair.head);
      TOKENWALK_UNROLL
      for (std::uint32_t c = 0; c < kThreadColumns; ++c) {
        if (d + c >= a.shape.head_dim) continue;
        a.out[place * a.shape.head_dim + d + c] = sums.acc[r][c] * a.one_over_sum[place];
      }
    }
  }
};

}  // namespace tokenwalk::cuda
