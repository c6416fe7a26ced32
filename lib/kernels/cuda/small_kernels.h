#pragma once

#include "lib/base/lanes.h"
#include "lib/base/math_bodies.h"
#include "lib/kernels/cuda/weights.h"

// The operations between products, each with the order of chapter 04's plain loops.

namespace tokenwalk::cuda {

/// What kernels of one phase without shared memory have in common.
struct OnePhase {
  using Shared = Nothing;
  using State = Nothing;
  static constexpr std::uint32_t kThreads = 256;
  static constexpr std::uint32_t kBlocks = 4;
  template <typename Args>
  static TOKENWALK_BOTH std::uint32_t n_phases(const Args&, Grid) {
    return 1;
  }
};

/// The element of a thread where blocks of 256 threads share out n of them along x.
TOKENWALK_BOTH std::size_t element_of(Place at) {
  return std::size_t{at.block.x} * OnePhase::kThreads + at.thread;
}

/// x[r] = row ids[r] of a table. Grid: (elements of a row, rows).
template <typename Format>
struct Embed : OnePhase {
  struct Args {
    Weights table;
    const std::uint32_t* ids = nullptr;  // [n_rows]
    float* x = nullptr;                  // [n_rows, n_in]
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t k = element_of(at);
    if (k >= a.table.n_in) return;
    const auto unit = static_cast<std::uint32_t>(k / kUnit),
               term = static_cast<std::uint32_t>(k % kUnit);
    const UnitPlace place = place_of_unit(a.table, a.ids[at.block.y], unit);
    const HalfUnit<Format> half = load_half<Format>(a.table, place, term / (kUnit / 2));
    a.x[at.block.y * std::size_t{a.table.n_in} + k] = half.term(term % (kUnit / 2));
  }
};

//! [14-silu-gate]
/// gate = silu(gate) * up.
struct SiluGate : OnePhase {
  struct Args {
    float* gate = nullptr;
    const float* up = nullptr;
    std::size_t n = 0;
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t i = element_of(at);
    if (i >= a.n) return;
    const float g = a.gate[i];
    a.gate[i] = (g / (1.0f + math::exp_of(-g))) * a.up[i];
  }
};
//! [14-silu-gate]

/// x = x + y.
struct Add : OnePhase {
  struct Args {
    float* x = nullptr;
    const float* y = nullptr;
    std::size_t n = 0;
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t i = element_of(at);
    if (i < a.n) a.x[i] = a.x[i] + a.y[i];
  }
};

/// Cosines and sines of each row's position. Grid: (pairs of a head, rows).
struct RotaryAngles : OnePhase {
  struct Args {
    const std::uint32_t* positions = nullptr;  // [n_rows]
    const float* frequencies = nullptr;        // [half]
    float* cosines = nullptr;                  // [n_rows, half]
    float* sines = nullptr;
    std::uint32_t half = 0;
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t i = element_of(at);
    if (i >= a.half) return;
    const float angle = static_cast<float>(a.positions[at.block.y]) * a.frequencies[i];
    const std::size_t place = std::size_t{at.block.y} * a.half + i;
    a.cosines[place] = static_cast<float>(math::sin_of_turned(angle, 1));
    a.sines[place] = static_cast<float>(math::sin_of_turned(angle, 0));
  }
};

/// Rotates the heads of each row by the row's angles, pairs (i, i + half). Grid: (pairs of all
/// heads, rows).
struct Rotate : OnePhase {
  struct Args {
    float* heads = nullptr;          // [n_rows, n_heads, 2 * half]
    const float* cosines = nullptr;  // [n_rows, half]
    const float* sines = nullptr;
    std::uint32_t n_heads = 0;
    std::uint32_t half = 0;
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t pair = element_of(at), row = at.block.y;
    if (pair >= std::size_t{a.n_heads} * a.half) return;
    const std::size_t head = pair / a.half, i = pair % a.half;
    float* x = a.heads + (row * a.n_heads + head) * 2 * a.half + i;
    const float x1 = x[0], x2 = x[a.half];
    const float c = a.cosines[row * a.half + i], s = a.sines[row * a.half + i];
    x[0] = fma_rn(x1, c, -(x2 * s));
    x[a.half] = fma_rn(x2, c, x1 * s);
  }
};

/// y = (x / sqrt(mean(x^2) + eps)) * weight, a block for each row. `rows`, if given, names the rows
/// of x to take. The squares run in 16 lanes; all threads bring x to them, 4,096 numbers at a time.
/// x and y may be the same unless rows are named. Grid: (rows).
struct Rmsnorm {
  struct Args {
    const float* x = nullptr;             // [.., n]
    const std::uint32_t* rows = nullptr;  // [n_rows] or null
    const float* weight = nullptr;        // [n]
    float* y = nullptr;                   // [n_rows, n]
    std::uint32_t n = 0;
    float eps = 0;
  };
  static constexpr std::uint32_t kThreads = 128;
  static constexpr std::uint32_t kBlocks = 4;
  static constexpr std::uint32_t kRound = 4096;

  struct Shared {
    float x[kRound];
    float lane[kLanes];
    float scale;
  };
  struct State {
    float lane = 0;
  };

  static TOKENWALK_BOTH std::uint32_t n_phases(const Args& a, Grid) {
    return 2 * divide_up(a.n, kRound) + 2;
  }

  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t phase, Shared& shared,
                                   State& state) {
    const std::uint32_t row = a.rows != nullptr ? a.rows[at.block.x] : at.block.x;
    const float* x = a.x + std::size_t{row} * a.n;
    const std::uint32_t n_rounds = divide_up(a.n, kRound);
    if (phase < 2 * n_rounds) {
      const std::uint32_t first = phase / 2 * kRound;
      const std::uint32_t n = a.n - first < kRound ? a.n - first : kRound;
      if (phase % 2 == 0) {
        for (std::uint32_t k = at.thread; k < n; k += kThreads) shared.x[k] = x[first + k];
      } else {
        add_squares(at.thread, n, shared, state);
      }
    } else if (phase == 2 * n_rounds) {
      if (at.thread == 0) shared.scale = scale_of(a, shared);
    } else {
      float* y = a.y + std::size_t{at.block.x} * a.n;
      for (std::uint32_t k = at.thread; k < a.n; k += kThreads) {
        y[k] = (x[k] * shared.scale) * a.weight[k];
      }
    }
  }

 private:
  static TOKENWALK_BOTH void add_squares(std::uint32_t thread, std::uint32_t n, Shared& shared,
                                         State& state) {
    if (thread >= kLanes) return;
    for (std::uint32_t k = thread; k < n; k += kLanes) {
      state.lane = fma_rn(shared.x[k], shared.x[k], state.lane);
    }
    shared.lane[thread] = state.lane;
  }

  static TOKENWALK_BOTH float scale_of(const Args& a, const Shared& shared) {
    float lane[kLanes];
    TOKENWALK_UNROLL
    for (std::uint32_t i = 0; i < kLanes; ++i) lane[i] = shared.lane[i];
    const float mean = tree_sum(lane) / static_cast<float>(a.n);
    return 1.0f / sqrt_rn(mean + a.eps);
  }
};

}  // namespace tokenwalk::cuda
