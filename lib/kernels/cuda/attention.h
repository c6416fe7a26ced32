#pragma once

#include "lib/base/lanes.h"
#include "lib/base/math_bodies.h"
#include "lib/kernels/cuda/kv_layout.h"
#include "lib/kernels/cuda/small_kernels.h"
#include "lib/kernels/cuda/tile.h"

// Attention over the device's K and V, in steps: scores, exponentials, mixed values. Scores of all
// positions are kept, since every exponential needs the largest. Blocks of 32 positions are counted
// from position 0, whatever a launch covers.

namespace tokenwalk::cuda {

/// Rows that follow each other and share K and V, at most 64 / group() of them: a tile.
struct AttendTile {
  std::uint32_t first_row = 0;
  std::uint32_t n_rows = 0;
  std::uint32_t least_position = 0;
  std::uint32_t largest_position = 0;
};

struct AttendArgs {
  KvShape shape;
  const float* q = nullptr;                  // [n_rows, n_heads, head_dim]
  const std::uint32_t* positions = nullptr;  // [n_rows]
  const KvTable* tables = nullptr;           // [n_rows]
  const AttendTile* tiles = nullptr;         // for the kernels of tiles
  float* scores = nullptr;                   // [n_rows, n_heads, stride]; then exponentials
  float* one_over_sum = nullptr;             // [n_rows, n_heads]
  float* sums = nullptr;     // [n_rows, n_heads, stride / 32, head_dim]: of 32 positions each
  float* out = nullptr;      // [n_rows, n_heads, head_dim]
  std::uint32_t stride = 0;  // positions there is room for, a multiple of 256
  float scale = 0;           // 1 / sqrt(head_dim)

  TOKENWALK_BOTH std::size_t row_head(std::uint32_t row, std::uint32_t head) const {
    return std::size_t{row} * shape.n_heads + head;
  }
  TOKENWALK_BOTH float* scores_of(std::uint32_t row, std::uint32_t head) const {
    return scores + row_head(row, head) * stride;
  }
};

/// Query heads that one thread serves at once, so that a key or value is read once for all.
inline constexpr std::uint32_t kHeadsAtOnce = 8;

/// Query heads first .. first + n - 1 of one K/V head.
struct Heads {
  std::uint32_t kv_head, first, n;
};

TOKENWALK_BOTH std::uint32_t head_parts(const KvShape& shape) {
  return divide_up(shape.group(), kHeadsAtOnce);
}

TOKENWALK_BOTH Heads heads_of(const KvShape& shape, std::uint32_t block_y) {
  const std::uint32_t kv_head = block_y / head_parts(shape);
  const std::uint32_t skip = block_y % head_parts(shape) * kHeadsAtOnce;
  const std::uint32_t left = shape.group() - skip;
  return {kv_head, kv_head * shape.group() + skip, left < kHeadsAtOnce ? left : kHeadsAtOnce};
}

/// Stores k and v of each row at its position. Grid: (numbers of a row, rows).
struct KvWrite : OnePhase {
  struct Args {
    KvShape shape;
    const float* k = nullptr;  // [n_rows, n_kv_heads, head_dim]
    const float* v = nullptr;
    const std::uint32_t* positions = nullptr;  // [n_rows]
    const KvTable* tables = nullptr;           // [n_rows]
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t i = element_of(at), row = at.block.y;
    if (i >= a.shape.kv_size()) return;
    const auto head = static_cast<std::uint32_t>(i / a.shape.head_dim);
    const auto d = static_cast<std::uint32_t>(i % a.shape.head_dim);
    const std::uint32_t position = a.positions[row];
    void* block = a.tables[row][position / kKvPositions];
    const std::size_t from = row * a.shape.kv_size() + i;
    const std::size_t key = a.shape.key_quad(head, d / 4, position) + d % 4;
    store_kv(block, key, a.shape.type, a.k[from]);
    store_kv(block, a.shape.value_row(head, position) + d, a.shape.type, a.v[from]);
  }
};

/// The reverse for one position of one block. Grid: (numbers of a row).
struct KvRead : OnePhase {
  struct Args {
    KvShape shape;
    const void* block = nullptr;
    std::uint32_t position = 0;
    float* k = nullptr;  // [n_kv_heads, head_dim]
    float* v = nullptr;
  };
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t i = element_of(at);
    if (i >= a.shape.kv_size()) return;
    const auto head = static_cast<std::uint32_t>(i / a.shape.head_dim);
    const auto d = static_cast<std::uint32_t>(i % a.shape.head_dim);
    const std::size_t key = a.shape.key_quad(head, d / 4, a.position) + d % 4;
    a.k[i] = load_kv(a.block, key, a.shape.type);
    a.v[i] = load_kv(a.block, a.shape.value_row(head, a.position) + d, a.shape.type);
  }
};

// ---- few rows: each row on its own -------------------------------------------------------------

/// scores[row, head, j] = (q . k_j) * scale, one thread for each position j, for up to 8 query
/// heads of a K/V head. Grid: (blocks of 256 positions, K/V heads times parts of their heads,
/// rows).
struct ScoreRows : OnePhase {
  using Args = AttendArgs;
  static constexpr std::uint32_t kBlocks = 2;  // more would leave too few registers

  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::uint32_t row = at.block.z, j = at.block.x * kKvPositions + at.thread;
    if (j > a.positions[row]) return;
    const Heads heads = heads_of(a.shape, at.block.y);
    const void* block = a.tables[row][at.block.x];
    const float* q = a.q + a.row_head(row, heads.first) * a.shape.head_dim;
    float acc[kHeadsAtOnce] = {};
    for (std::uint32_t k = 0; k < a.shape.head_dim; k += kUnit) {
      add_unit(a.shape, block, heads, j, q, k, acc);
    }
    TOKENWALK_UNROLL
    for (std::uint32_t h = 0; h < kHeadsAtOnce; ++h) {
      if (h < heads.n) a.scores_of(row, heads.first + h)[j] = acc[h] * a.scale;
    }
  }

 private:
  static TOKENWALK_BOTH void add_unit(const KvShape& shape, const void* block, Heads heads,
                                      std::uint32_t j, const float* q, std::uint32_t k,
                                      float (&acc)[kHeadsAtOnce]) {
    Float4 key[kUnit / 4];
    TOKENWALK_UNROLL
    for (std::uint32_t i = 0; i < kUnit / 4; ++i) {
      const std::uint32_t quad = k / 4 + i;
      key[i] = quad < shape.quads()
                   ? load_kv_quad(block, shape.key_quad(heads.kv_head, quad, j), shape.type)
                   : Float4{};
    }
    TOKENWALK_UNROLL
    for (std::uint32_t h = 0; h < kHeadsAtOnce; ++h) {
      if (h >= heads.n) break;
      Lanes lanes;
      TOKENWALK_UNROLL
      for (std::uint32_t i = 0; i < kUnit / 4; ++i) {
        const std::uint32_t first = k + i * 4;
        const std::uint32_t n = first < shape.head_dim ? shape.head_dim - first : 0;
        const Float4 x = load_four(q + h * shape.head_dim + first, n, shape.head_dim % 4 == 0);
        lanes.even = fma_rn(x.v[0], key[i].v[0], lanes.even);
        lanes.odd = fma_rn(x.v[1], key[i].v[1], lanes.odd);
        lanes.even = fma_rn(x.v[2], key[i].v[2], lanes.even);
        lanes.odd = fma_rn(x.v[3], key[i].v[3], lanes.odd);
      }
      acc[h] = acc[h] + lanes.sum();
    }
  }
};

/// Scores become e_j = exp(score_j - largest); one_over_sum = 1 / (e_0 + e_1 + ...), the sum in 16
/// lanes by position. NaN among the scores makes the sum NaN, whatever the largest is.
/// Grid: (heads, rows).
struct Exponentials {
  using Args = AttendArgs;
  static constexpr std::uint32_t kThreads = 256;
  static constexpr std::uint32_t kBlocks = 4;

  struct Shared {
    float best[kThreads];
    float lane[kLanes];  // first the largest of 16 bests each, then sums
  };
  using State = Nothing;

  static TOKENWALK_BOTH std::uint32_t n_phases(const Args&, Grid) { return 5; }

  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t phase, Shared& shared,
                                   State&) {
    const std::uint32_t head = at.block.x, row = at.block.y, n = a.positions[row] + 1;
    float* scores = a.scores_of(row, head);
    if (phase == 0) {
      float best = scores[at.thread < n ? at.thread : 0];
      for (std::uint32_t j = at.thread; j < n; j += kThreads) best = larger(best, scores[j]);
      shared.best[at.thread] = best;
    } else if (phase == 1 && at.thread < kLanes) {
      shared.lane[at.thread] = largest_of_16(shared.best + at.thread * kLanes);
    } else if (phase == 2) {
      const float top = largest_of_16(shared.lane);
      for (std::uint32_t j = at.thread; j < n; j += kThreads) {
        scores[j] = math::exp_of(scores[j] - top);
      }
    } else if (phase == 3 && at.thread < kLanes) {
      const std::uint32_t terms = at.thread < n ? divide_up(n - at.thread, kLanes) : 0;
      shared.lane[at.thread] = add_in_order(0, scores + at.thread, kLanes, terms);
    } else if (phase == 4 && at.thread == 0) {
      float lane[kLanes];
      TOKENWALK_UNROLL
      for (std::uint32_t i = 0; i < kLanes; ++i) lane[i] = shared.lane[i];
      a.one_over_sum[a.row_head(row, head)] = 1.0f / tree_sum(lane);
    }
  }

 private:
  static TOKENWALK_BOTH float larger(float a, float b) { return b > a ? b : a; }

  static TOKENWALK_BOTH float largest_of_16(const float* x) {
    float best = x[0];
    TOKENWALK_UNROLL
    for (std::uint32_t i = 1; i < kLanes; ++i) best = larger(best, x[i]);
    return best;
  }
};

/// The sums of e_j v_j over each 32 positions, one thread for each dimension and 32 positions, for
/// up to 8 query heads. Grid: as ScoreRows.
struct MixRows {
  using Args = AttendArgs;
  static constexpr std::uint32_t kThreads = 256;
  static constexpr std::uint32_t kBlocks = 4;

  struct Shared {
    float e[kHeadsAtOnce][kKvPositions];
  };
  using State = Nothing;

  static TOKENWALK_BOTH std::uint32_t n_phases(const Args& a, Grid block) {
    return block.x * kKvPositions <= a.positions[block.z] ? 2 : 0;
  }

  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t phase, Shared& shared,
                                   State&) {
    const std::uint32_t row = at.block.z, first = at.block.x * kKvPositions;
    const std::uint32_t left = a.positions[row] + 1 - first;
    const std::uint32_t n = left < kKvPositions ? left : kKvPositions;
    const Heads heads = heads_of(a.shape, at.block.y);
    if (phase == 0) {
      for (std::uint32_t h = 0; h < heads.n && at.thread < n; ++h) {
        shared.e[h][at.thread] = a.scores_of(row, heads.first + h)[first + at.thread];
      }
      return;
    }
    const std::uint32_t dim = a.shape.head_dim, width = dim < kThreads ? dim : kThreads;
    const std::uint32_t at_once = kThreads / width;  // units of 32 positions
    if (at.thread >= at_once * width) return;
    for (std::uint32_t u = at.thread / width; u * kUnit < n; u += at_once) {
      const std::uint32_t terms = n - u * kUnit < kUnit ? n - u * kUnit : kUnit;
      for (std::uint32_t d = at.thread % width; d < dim; d += width) {
        sum_unit(a, at, heads, u, terms, d, shared);
      }
    }
  }

 private:
  static TOKENWALK_BOTH void sum_unit(const Args& a, Place at, Heads heads, std::uint32_t u,
                                      std::uint32_t n, std::uint32_t d, const Shared& shared) {
    const void* block = a.tables[at.block.z][at.block.x];
    const std::size_t first_value = a.shape.value_row(heads.kv_head, u * kUnit) + d;
    const auto value = [&](std::uint32_t j) {
      return load_kv(block, first_value + std::size_t{j} * a.shape.head_dim, a.shape.type);
    };
    Lanes lanes[kHeadsAtOnce];
    for (std::uint32_t j = 0; j < kUnit; j += 2) {
      // Positions behind the row's own are left out, whatever they hold.
      const float even = j < n ? value(j) : 0.0f;
      const float odd = j + 1 < n ? value(j + 1) : 0.0f;
      TOKENWALK_UNROLL
      for (std::uint32_t h = 0; h < kHeadsAtOnce; ++h) {
        if (h >= heads.n) break;
        const float* e = &shared.e[h][u * kUnit + j];
        if (j < n) lanes[h].even = fma_rn(e[0], even, lanes[h].even);
        if (j + 1 < n) lanes[h].odd = fma_rn(e[1], odd, lanes[h].odd);
      }
    }
    const std::size_t unit = std::size_t{at.block.x} * (kKvPositions / kUnit) + u;
    TOKENWALK_UNROLL
    for (std::uint32_t h = 0; h < kHeadsAtOnce; ++h) {
      if (h >= heads.n) break;
      const std::size_t first = a.row_head(at.block.z, heads.first + h) * (a.stride / kUnit);
      a.sums[(first + unit) * a.shape.head_dim + d] = lanes[h].sum();
    }
  }
};

/// Adds the sums of MixRows in the order of positions; times one_over_sum. Grid: (heads, rows).
struct FinishRows : OnePhase {
  using Args = AttendArgs;
  static TOKENWALK_BOTH void phase(const Args& a, Place at, std::uint32_t, Shared&, State&) {
    const std::size_t pair = a.row_head(at.block.y, at.block.x);
    const std::uint32_t dim = a.shape.head_dim, n_units = a.positions[at.block.y] / kUnit + 1;
    for (std::uint32_t d = at.thread; d < dim; d += kThreads) {
      const float* sums = a.sums + pair * (a.stride / kUnit) * dim + d;
      a.out[pair * dim + d] = add_in_order(0, sums, dim, n_units) * a.one_over_sum[pair];
    }
  }
};

}  // namespace tokenwalk::cuda
