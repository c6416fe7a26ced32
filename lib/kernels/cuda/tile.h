#pragma once

#include "lib/kernels/cuda/product_rows.h"

// The heart of all products of many rows: 64 rows of x times 64 columns of w, one block of 32 terms
// at a time, each thread 8 rows by 4 columns. Both sides wait in shared memory, widened to float.

namespace tokenwalk::cuda {

inline constexpr std::uint32_t kTileRows = 64;
inline constexpr std::uint32_t kTileColumns = 64;
inline constexpr std::uint32_t kTileThreads = 128;
inline constexpr std::uint32_t kThreadRows = 8;
inline constexpr std::uint32_t kThreadColumns = 4;

struct alignas(16) TileShared {
  float x[kUnit * kTileRows];     // [term][row], rows moved about: see x_slot
  float w[kUnit * kTileColumns];  // [term][column]
};

/// Where term k of a row lies. A warp writes 8 groups of 4 terms of 4 rows at once, and without the
/// exchange of rows these would meet in the same banks; groups of 4 rows stay together for reading.
TOKENWALK_BOTH constexpr std::uint32_t x_slot(std::uint32_t k, std::uint32_t row) {
  return k * kTileRows + (row ^ (k / 4 * 4));
}

/// First row and column of a thread: warps stand 2 x 2, threads of a warp 4 x 8.
TOKENWALK_BOTH constexpr std::uint32_t tile_row(std::uint32_t thread) {
  return thread / 64 * 32 + thread % 32 / 8 * kThreadRows;
}
TOKENWALK_BOTH constexpr std::uint32_t tile_column(std::uint32_t thread) {
  return thread / 32 % 2 * 32 + thread % 8 * kThreadColumns;
}

/// What a thread holds of 32 terms of x before they go to shared memory: 4 terms of 4 rows.
struct TileX {
  Float4 part[4];
};

/// Row and first term of part i of a thread: a warp reads 128 bytes of each of 4 rows.
TOKENWALK_BOTH constexpr std::uint32_t part_row(std::uint32_t thread, std::uint32_t i) {
  return thread / 8 + i * 16;
}
TOKENWALK_BOTH constexpr std::uint32_t part_term(std::uint32_t thread) {
  return thread % 8 * 4;
}

/// Four numbers from x, the first `n` of them; the others count as +0. `aligned`: x is a multiple
/// of 16.
TOKENWALK_BOTH Float4 load_four(const float* x, std::uint32_t n, bool aligned) {
  if (n >= 4 && aligned) return *reinterpret_cast<const Float4*>(x);
  Float4 four;
  TOKENWALK_UNROLL
  for (std::uint32_t i = 0; i < 4; ++i) four.v[i] = i < n ? x[i] : 0.0f;
  return four;
}

TOKENWALK_BOTH void put_x(TileShared& shared, std::uint32_t thread, const TileX& x) {
  const std::uint32_t k = part_term(thread);
  TOKENWALK_UNROLL
  for (std::uint32_t i = 0; i < 4; ++i) {
    TOKENWALK_UNROLL
    for (std::uint32_t j = 0; j < 4; ++j) {
      shared.x[x_slot(k + j, part_row(thread, i))] = x.part[i].v[j];
    }
  }
}

/// The sums of a thread.
struct TileSums {
  float acc[kThreadRows][kThreadColumns] = {};
};

//! [14-tile-block]
/// Adds one block of 32 terms to the sums of a thread, each in its two lanes. kMasked: row r takes
/// only its first limit[r] terms; the others do not count, whatever they hold.
template <bool kMasked>
TOKENWALK_BOTH void add_tile_block(const TileShared& shared, std::uint32_t thread,
                                   const std::uint32_t (&limit)[kThreadRows], TileSums& sums) {
  const std::uint32_t row = tile_row(thread), column = tile_column(thread);
  Lanes lanes[kThreadRows][kThreadColumns];
  for (std::uint32_t k = 0; k < kUnit; k += 2) {
    TOKENWALK_UNROLL
    for (std::uint32_t odd = 0; odd < 2; ++odd) {
      const Float4 low = *reinterpret_cast<const Float4*>(&shared.x[x_slot(k + odd, row)]);
      const Float4 high = *reinterpret_cast<const Float4*>(&shared.x[x_slot(k + odd, row + 4)]);
      const Float4 w =
          *reinterpret_cast<const Float4*>(&shared.w[(k + odd) * kTileColumns + column]);
      TOKENWALK_UNROLL
      for (std::uint32_t r = 0; r < kThreadRows; ++r) {
        if (kMasked && k + odd >= limit[r]) continue;
        const float x = r < 4 ? low.v[r % 4] : high.v[r % 4];
        TOKENWALK_UNROLL
        for (std::uint32_t c = 0; c < kThreadColumns; ++c) {
          float& lane = odd == 0 ? lanes[r][c].even : lanes[r][c].odd;
          lane = fma_rn(x, w.v[c], lane);
        }
      }
    }
  }
  TOKENWALK_UNROLL
  for (std::uint32_t r = 0; r < kThreadRows; ++r) {
    TOKENWALK_UNROLL
    for (std::uint32_t c = 0; c < kThreadColumns; ++c) {
      sums.acc[r][c] = sums.acc[r][c] + lanes[r][c].sum();
    }
  }
}
//! [14-tile-block]

}  // namespace tokenwalk::cuda
