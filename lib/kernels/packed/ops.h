#pragma once

#include <stddef.h>
#include <stdint.h>

namespace tokenwalk {

// What a target (portable, AVX2, AVX-512) offers: a table of plain functions over float arrays.
// Everything on the other side of this table is compiled for the target's instructions, so nothing
// but C types passes through, and nothing inline is shared (see operations.h).

/// Numbers that block_maxima takes together: kMaximaBlock of sampler_scan.h.
constexpr size_t kBlockOfMaxima = 256;

/// Positions in a block of K and V: kKvBlock of kernels.h.
constexpr size_t kBlockPositions = 256;

/// y[r, o] = sum over k of x[r, k] * w(k, o), by the rule of lib/base/dot.h.
/// The weights come in lines of 16 neighbouring outputs:
///     w(k, o) = w[(o / 16) * line_stride + k * term_stride + o % 16]
struct Product {
  const float* w;
  size_t line_stride;
  size_t term_stride;
  const float* x;  // [n_rows, n_terms], rows x_stride apart
  size_t x_stride;
  size_t n_rows;
  size_t n_terms;
  float* y;  // [n_rows, n_outputs], rows y_stride apart
  size_t y_stride;
  size_t n_outputs;
  bool continues;  // y holds the sums over earlier terms, a multiple of 32 of them
};

/// Attention of the query heads of one row that share one K/V head, over positions
/// 0 .. n_positions - 1. Block b of the cache holds positions b * 256 and on: values
/// [256][n_kv_heads][head_dim], then keys [256 / 16][n_kv_heads][head_dim][16 positions]. From
/// position n_in_lines on, a multiple of 16, keys are rows: [16 positions][n_kv_heads][head_dim].
struct Attend {
  const float* q;  // [n_heads, head_dim]
  size_t n_heads;
  size_t n_kv_heads;
  size_t kv_head;
  size_t head_dim;
  size_t n_positions;
  float scale;                 // of the scores
  const float* const* blocks;  // as many as hold n_positions
  size_t n_in_lines;
  float* scratch;  // attend_scratch_size(n_heads, head_dim, n_positions) floats
  float* out;      // [n_heads, head_dim]
};

/// Scores and mixed values in whole lines, and one sum, for each head; one group of keys.
constexpr size_t attend_scratch_size(size_t n_heads, size_t head_dim, size_t n_positions) {
  return n_heads * ((n_positions + 15) / 16 * 16 + (head_dim + 15) / 16 * 16 + 1) + 16 * head_dim;
}

/// The terms exp((logits[i] - max) / temperature) of a softmax, with the bits of math::exp(double):
/// their sums in 16 lanes by index, and those with logits[i] >= bound with their ids, ascending.
template <typename Logit>
struct Scan {
  const Logit* logits;  // -inf or finite
  size_t n;
  double max;          // the largest of them, finite
  double temperature;  // above 0
  double bound;        // finite
  double* sums;        // [16]
  int32_t* ids;        // room for n + 16
  double* terms;       // the same
};

/// Logits cut in two: the ids of those that reach the bound, ascending, and of the others the sum
/// of exp((logits[i] - max) * per_temperature) in float.
struct Split {
  const float* logits;  // -inf or finite
  size_t n;
  float max;              // the largest of them, finite
  float per_temperature;  // 1 / temperature
  float bound;            // finite
  int32_t* ids;           // room for n
  double rest;            // the sum
};

struct PackedOps {
  const char* name;

  void (*product)(const Product* p);

  /// One row; y may be x.
  void (*rmsnorm)(const float* x, const float* weight, size_t n, float eps, float* y);

  /// One head, in place; cosines and sines [head_dim / 2].
  void (*rotate)(float* head, size_t head_dim, const float* cosines, const float* sines);

  void (*attend)(const Attend* a);

  /// gate = silu(gate) * up, in place.
  void (*silu_gate)(float* gate, const float* up, size_t n);

  /// x = x + y, in place.
  void (*add)(float* x, const float* y, size_t n);

  /// x = e^x, in place: the bits of math::exp(float).
  void (*exp)(float* x, size_t n);

  /// The largest of each kBlockOfMaxima numbers; false if one of all is NaN or +inf.
  bool (*block_maxima)(const float* x, size_t n, float* maxima);

  /// How many ids were collected.
  size_t (*scan_floats)(const Scan<float>* s);
  size_t (*scan_doubles)(const Scan<double>* s);
  size_t (*split)(Split* s);
};

// One for each file of this folder that is compiled for a target of its own.
const PackedOps* packed_ops_portable();
const PackedOps* packed_ops_portable_fma();
const PackedOps* packed_ops_avx2();
const PackedOps* packed_ops_avx512();

}  // namespace tokenwalk
