#pragma once

#include <bit>

#include "lib/base/half_bodies.h"
#include "lib/kernels/cuda/grid.h"

// Weights on the device. A unit is 32 terms of one output: a block of the summing rule. Units lie
// in groups of 8 outputs times 4 units, one for each lane of a warp, 16 bytes of each lane after
// the other, so that a warp reads 512 bytes in a row at every load:
//
//     [n_out / 8][n_units / 4][kChunks][4 units * 8 outputs][16 bytes]
//
// and the scales of q8_0 and q4_1 in the same order, [n_out / 8][n_units / 4][32 lanes]. Outputs
// and units beyond the matrix are zeros, and no sum reads them.

namespace tokenwalk::cuda {

inline constexpr std::uint32_t kUnit = 32;         // terms; kDotBlock of lib/base/dot.h
inline constexpr std::uint32_t kGroupOutputs = 8;  // of a group
inline constexpr std::uint32_t kGroupUnits = 4;
inline constexpr std::uint32_t kGroupLanes = kGroupOutputs * kGroupUnits;

struct alignas(16) Chunk {
  std::uint32_t word[4];
};

/// A matrix [n_out, n_in] on the device.
struct Weights {
  const Chunk* chunks = nullptr;
  const std::uint32_t* scales = nullptr;  // of quantised formats: d, and m in the upper half
  std::uint32_t n_out = 0;
  std::uint32_t n_in = 0;

  TOKENWALK_BOTH std::uint32_t n_units() const { return divide_up(n_in, kUnit); }
  TOKENWALK_BOTH std::uint32_t n_group_columns() const { return divide_up(n_units(), kGroupUnits); }
  TOKENWALK_BOTH std::uint32_t n_group_rows() const { return divide_up(n_out, kGroupOutputs); }
  /// Units that there is memory for.
  TOKENWALK_BOTH std::size_t n_stored_units() const {
    return std::size_t{n_group_rows()} * n_group_columns() * kGroupLanes;
  }
};

/// Where a unit of an output lies: its group, counted from the first, and its lane there.
struct UnitPlace {
  std::size_t group;
  std::uint32_t lane;
};

TOKENWALK_BOTH UnitPlace place_of_unit(const Weights& w, std::uint32_t output, std::uint32_t unit) {
  const std::size_t row = output / kGroupOutputs, column = unit / kGroupUnits;
  return {row * w.n_group_columns() + column,
          unit % kGroupUnits * kGroupOutputs + output % kGroupOutputs};
}

/// The index of the 16 bytes number `chunk` of a unit with kChunks of them.
TOKENWALK_BOTH std::size_t chunk_index(UnitPlace place, std::uint32_t n_chunks,
                                       std::uint32_t chunk) {
  return (place.group * n_chunks + chunk) * kGroupLanes + place.lane;
}

TOKENWALK_BOTH std::size_t scale_index(UnitPlace place) {
  return place.group * kGroupLanes + place.lane;
}

// The formats. Half a unit is loaded at a time, 16 terms; term(half, k) is number k of them,
// widened exactly.

struct F32 {
  static constexpr std::uint32_t kChunks = 8, kHalfChunks = 4;
  static constexpr bool kScaled = false;
  TOKENWALK_BOTH static float term(const Chunk* half, std::uint32_t, std::uint32_t k,
                                   std::uint32_t) {
    return std::bit_cast<float>(half[k / 4].word[k % 4]);
  }
};

struct Bf16 {
  static constexpr std::uint32_t kChunks = 4, kHalfChunks = 2;
  static constexpr bool kScaled = false;
  TOKENWALK_BOTH static float term(const Chunk* half, std::uint32_t, std::uint32_t k,
                                   std::uint32_t) {
    const std::uint32_t pair = half[k / 8].word[k % 8 / 2];
    return std::bit_cast<float>(k % 2 == 0 ? pair << 16 : pair & 0xFFFF0000u);
  }
};

struct Q8_0 {
  static constexpr std::uint32_t kChunks = 2, kHalfChunks = 1;
  static constexpr bool kScaled = true;
  TOKENWALK_BOTH static float term(const Chunk* half, std::uint32_t scale, std::uint32_t k,
                                   std::uint32_t) {
    const std::uint32_t byte = half[0].word[k / 4] >> (k % 4 * 8);
    return widen_half(scale & 0xFFFFu) * static_cast<float>(static_cast<std::int8_t>(byte));
  }
};

struct Q4_1 {  // the low halves of the 16 bytes are terms 0 .. 15, the high halves 16 .. 31
  static constexpr std::uint32_t kChunks = 1, kHalfChunks = 1;
  static constexpr bool kScaled = true;
  TOKENWALK_BOTH static float term(const Chunk* half, std::uint32_t scale, std::uint32_t k,
                                   std::uint32_t second) {
    const std::uint32_t q = half[0].word[k / 4] >> (k % 4 * 8 + second * 4) & 0xFu;
    const float product = widen_half(scale & 0xFFFFu) * static_cast<float>(q);
    return product + widen_half(scale >> 16);
  }
};

/// 16 terms of a unit in registers.
template <typename Format>
struct HalfUnit {
  Chunk chunk[Format::kHalfChunks];
  std::uint32_t scale;
  std::uint32_t second;  // 0: terms 0 .. 15 of the unit, 1: 16 .. 31

  TOKENWALK_BOTH float term(std::uint32_t k) const { return Format::term(chunk, scale, k, second); }
};

template <typename Format>
TOKENWALK_BOTH HalfUnit<Format> load_half(const Weights& w, UnitPlace place, std::uint32_t second) {
  HalfUnit<Format> half;
  const std::uint32_t first =
      Format::kHalfChunks == Format::kChunks ? 0 : second * Format::kHalfChunks;
  TOKENWALK_UNROLL
  for (std::uint32_t i = 0; i < Format::kHalfChunks; ++i) {
    half.chunk[i] = w.chunks[chunk_index(place, Format::kChunks, first + i)];
  }
  half.scale = Format::kScaled ? w.scales[scale_index(place)] : 0;
  half.second = second;
  return half;
}

}  // namespace tokenwalk::cuda
