#pragma once

#include "lib/kernels/cuda/weights.h"

// Products of few rows with up to three matrices that share them (Q, K, V; gate, up). Bound by the
// bytes of the weights: each is read once, by warps that read 512 bytes in a row.

namespace tokenwalk::cuda {

/// One matrix of a launch and where its outputs go.
struct ProductPart {
  Weights w;
  const float* bias = nullptr;  // [n_out] or null
  float* y = nullptr;           // [n_rows, n_out]
};

inline constexpr std::uint32_t kMostParts = 3;

struct ProductArgs {
  ProductPart part[kMostParts];
  std::uint32_t n_parts = 1;
  std::uint32_t adds = 0;    // 1: y = y + the product (+ bias): the residual stream
  const float* x = nullptr;  // [n_rows, n_in]
  std::uint32_t n_rows = 0;
};

/// What becomes of a finished sum: plus the bias, where there is one, then onto y or into it.
TOKENWALK_BOTH void store_product(const ProductArgs& a, const ProductPart& part, std::uint32_t row,
                                  std::uint32_t output, float sum) {
  if (part.bias != nullptr) sum = sum + part.bias[output];
  float& y = part.y[std::size_t{row} * part.w.n_out + output];
  y = a.adds != 0 ? y + sum : sum;
}

//! [14-add-in-order]
/// acc + x[0] + x[stride] + x[2 stride] + .., n terms, in this order. Eight are fetched ahead of
/// their additions, which wait for each other.
TOKENWALK_BOTH float add_in_order(float acc, const float* x, std::size_t stride, std::uint32_t n) {
  std::uint32_t i = 0;
  for (; i + 8 <= n; i += 8) {
    float ahead[8];
    TOKENWALK_UNROLL
    for (std::uint32_t j = 0; j < 8; ++j) ahead[j] = x[(i + j) * stride];
    TOKENWALK_UNROLL
    for (std::uint32_t j = 0; j < 8; ++j) acc = acc + ahead[j];
  }
  for (; i < n; ++i) acc = acc + x[i * stride];
  return acc;
}
//! [14-add-in-order]

/// The two lanes of one block of the summing rule.
struct Lanes {
  float even = 0, odd = 0;
  TOKENWALK_BOTH float sum() const { return even + odd; }
};

/// Terms 16 .. of one half of a unit against x: `n` numbers of x are there, the rest counts as +0.
template <typename Format>
TOKENWALK_BOTH void add_half(const HalfUnit<Format>& half, const float* x, std::uint32_t n,
                             Lanes& lanes) {
  TOKENWALK_UNROLL
  for (std::uint32_t k = 0; k < kUnit / 2; k += 2) {
    const float x_even = k < n ? x[k] : 0.0f, x_odd = k + 1 < n ? x[k + 1] : 0.0f;
    lanes.even = fma_rn(x_even, half.term(k), lanes.even);
    lanes.odd = fma_rn(x_odd, half.term(k + 1), lanes.odd);
  }
}

/// The same where all 16 numbers of x are there, at an address that is a multiple of 16.
template <typename Format>
TOKENWALK_BOTH void add_whole_half(const HalfUnit<Format>& half, const float* x, Lanes& lanes) {
  TOKENWALK_UNROLL
  for (std::uint32_t k = 0; k < kUnit / 2; k += 4) {
    const Float4 four = *reinterpret_cast<const Float4*>(x + k);
    lanes.even = fma_rn(four.v[0], half.term(k), lanes.even);
    lanes.odd = fma_rn(four.v[1], half.term(k + 1), lanes.odd);
    lanes.even = fma_rn(four.v[2], half.term(k + 2), lanes.even);
    lanes.odd = fma_rn(four.v[3], half.term(k + 3), lanes.odd);
  }
}

/// A block of 256 threads computes 8 outputs of kRows rows. In a round each thread takes every 32nd
/// unit of its output, sums the unit in its two lanes, and leaves the sum; then one thread for each
/// output and row adds the sums in the order of the units. Grid: (groups of 8 outputs of all parts,
/// groups of kRows rows).
template <typename Format, std::uint32_t kRows>
struct ProductRows {
  using Args = ProductArgs;
  static constexpr std::uint32_t kThreads = 256;
  static constexpr std::uint32_t kBlocks = kRows == 1 ? 3 : 2;
  static constexpr std::uint32_t kColumns = kThreads / kGroupOutputs;  // units at a time
  static constexpr std::uint32_t kSums = kGroupOutputs * kRows;
  static constexpr std::uint32_t kRound = kRows <= 4 ? 256 : 128;  // units between two additions

  struct Shared {
    float sums[kRound][kSums];  // of units
  };
  struct State {
    float acc = 0;
  };

  static TOKENWALK_BOTH std::uint32_t n_phases(const Args& a, Grid) {
    return 2 * divide_up(a.part[0].w.n_units(), kRound);
  }

  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t phase, Shared& shared,
                                   State& state) {
    std::uint32_t group = at.block.x;
    std::uint32_t index = 0;
    while (index + 1 < a.n_parts && group >= a.part[index].w.n_group_rows()) {
      group -= a.part[index++].w.n_group_rows();
    }
    const ProductPart& part = a.part[index];
    const std::uint32_t first = phase / 2 * kRound;
    const std::uint32_t left = part.w.n_units() - first;
    const std::uint32_t n = left < kRound ? left : kRound;
    if (phase % 2 == 0) {
      sum_units(a, part.w, at, group, first, n, shared);
    } else {
      add_sums(at.thread, n, shared, state);
      if (n == left) finish(a, part, at, group, state);
    }
  }

 private:
  //! [14-product-rows]
  static TOKENWALK_BOTH void sum_units(const Args& a, const Weights& w, Place at,
                                       std::uint32_t group, std::uint32_t first, std::uint32_t n,
                                       Shared& shared) {
    const std::uint32_t output = at.thread % kGroupOutputs;
    const bool whole = w.n_in % kUnit == 0;  // then every row of x starts at a multiple of 16 bytes
    for (std::uint32_t u = at.thread / kGroupOutputs; u < n; u += kColumns) {
      const UnitPlace place = place_of_unit(w, group * kGroupOutputs + output, first + u);
      const HalfUnit<Format> low = load_half<Format>(w, place, 0);
      const HalfUnit<Format> high = load_half<Format>(w, place, 1);
      const std::uint32_t k = (first + u) * kUnit;
      TOKENWALK_UNROLL
      for (std::uint32_t r = 0; r < kRows; ++r) {
        const std::uint32_t row = at.block.y * kRows + r;
        if (row >= a.n_rows) break;
        const float* x = a.x + std::size_t{row} * w.n_in + k;
        Lanes lanes;
        if (whole) {
          add_whole_half(low, x, lanes);
          add_whole_half(high, x + kUnit / 2, lanes);
        } else {
          const std::uint32_t there = w.n_in - k;
          add_half(low, x, there, lanes);
          add_half(high, x + kUnit / 2, there > kUnit / 2 ? there - kUnit / 2 : 0, lanes);
        }
        shared.sums[u][r * kGroupOutputs + output] = lanes.sum();
      }
    }
  }

  static TOKENWALK_BOTH void add_sums(std::uint32_t thread, std::uint32_t n, Shared& shared,
                                      State& state) {
    if (thread < kSums) {
      state.acc = add_in_order(state.acc, &shared.sums[0][thread], kSums, n);
    }
  }
  //! [14-product-rows]

  static TOKENWALK_BOTH void finish(const Args& a, const ProductPart& part, Place at,
                                    std::uint32_t group, const State& state) {
    const std::uint32_t output = group * kGroupOutputs + at.thread % kGroupOutputs;
    const std::uint32_t row = at.block.y * kRows + at.thread / kGroupOutputs;
    if (at.thread >= kSums || output >= part.w.n_out || row >= a.n_rows) return;
    store_product(a, part, row, output, state.acc);
  }
};

}  // namespace tokenwalk::cuda
