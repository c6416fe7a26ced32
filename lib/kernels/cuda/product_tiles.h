#pragma once

#include "lib/kernels/cuda/tile.h"

namespace tokenwalk::cuda {

/// Products of many rows with one matrix: a block of 128 threads computes 64 rows by 64 outputs.
/// Phases in turn: what was loaded goes to shared memory; the next block of 32 terms is loaded into
/// registers while this one is summed. Grid: (tiles of outputs, tiles of rows, parts).
template <typename Format>
struct ProductTiles {
  using Args = ProductArgs;
  using Shared = TileShared;
  static constexpr std::uint32_t kThreads = kTileThreads;
  static constexpr std::uint32_t kBlocks = 3;

  struct State {
    TileSums sums;
    TileX x;
    HalfUnit<Format> w;
  };

  static TOKENWALK_BOTH std::uint32_t n_phases(const Args& a, Grid block) {
    const Weights& w = a.part[block.z].w;
    return block.x * kTileColumns < w.n_out ? 2 * w.n_units() : 0;  // parts may differ in size
  }

  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t phase, Shared& shared,
                                   State& state) {
    const Weights& w = a.part[at.block.z].w;
    const std::uint32_t unit = phase / 2;
    if (phase == 0) load(a, w, at, 0, state);
    if (phase % 2 == 0) {
      put_x(shared, at.thread, state.x);
      put_w(shared, at.thread, state.w);
      return;
    }
    if (unit + 1 < w.n_units()) load(a, w, at, unit + 1, state);
    add_tile_block<false>(shared, at.thread, {}, state.sums);
    if (unit + 1 == w.n_units()) store(a, a.part[at.block.z], at, state.sums);
  }

 private:
  static TOKENWALK_BOTH void load(const Args& a, const Weights& w, Place at, std::uint32_t unit,
                                  State& state) {
    const std::uint32_t k = unit * kUnit + part_term(at.thread);
    const bool aligned = w.n_in % 4 == 0;
    TOKENWALK_UNROLL
    for (std::uint32_t i = 0; i < 4; ++i) {
      const std::uint32_t row = at.block.y * kTileRows + part_row(at.thread, i);
      const std::uint32_t n = row < a.n_rows && k < w.n_in ? w.n_in - k : 0;
      state.x.part[i] = load_four(a.x + std::size_t{row} * w.n_in + k, n, aligned);
    }
    const std::uint32_t output = at.block.x * kTileColumns + at.thread % kTileColumns;
    const std::uint32_t stored =
        w.n_group_rows() * kGroupOutputs;  // beyond, take any that is there
    const UnitPlace place = place_of_unit(w, output < stored ? output : 0, unit);
    state.w = load_half<Format>(w, place, at.thread / kTileColumns);
  }

  static TOKENWALK_BOTH void put_w(Shared& shared, std::uint32_t thread,
                                   const HalfUnit<Format>& half) {
    TOKENWALK_UNROLL
    for (std::uint32_t k = 0; k < kUnit / 2; ++k) {
      const std::uint32_t term = thread / kTileColumns * (kUnit / 2) + k;
      shared.w[term * kTileColumns + thread % kTileColumns] = half.term(k);
    }
  }

  static TOKENWALK_BOTH void store(const Args& a, const ProductPart& part, Place at,
                                   const TileSums& sums) {
    const std::uint32_t row = at.block.y * kTileRows + tile_row(at.thread);
    const std::uint32_t output = at.block.x * kTileColumns + tile_column(at.thread);
    TOKENWALK_UNROLL
    for (std::uint32_t r = 0; r < kThreadRows; ++r) {
      TOKENWALK_UNROLL
      for (std::uint32_t c = 0; c < kThreadColumns; ++c) {
        if (row + r >= a.n_rows || output + c >= part.w.n_out) continue;
        store_product(a, part, row + r, output + c, sums.acc[r][c]);
      }
    }
  }
};

}  // namespace tokenwalk::cuda
