#pragma once

#include <stddef.h>
#include <stdint.h>

namespace tokenwalk {

// What a target (portable, AVX2, AVX-512) offers: a table of plain functions over arrays.
// Everything on the other side of this table is compiled for the target's instructions, so nothing
// but C types passes through, and nothing inline is shared (see operations.h).

/// Numbers that block_maxima takes together: kMaximaBlock of sampler_scan.h.
constexpr size_t kBlockOfMaxima = 256;

/// Positions in a block of K and V: kKvBlock of kernels.h.
constexpr size_t kBlockPositions = 256;

/// Terms that the summing rule takes together: kDotBlock of lib/base/dot.h.
constexpr size_t kSumBlock = 32;

/// Half precision and bfloat16 as they lie in memory.
struct Half {
  uint16_t bits;
};
struct BFloat {
  uint16_t bits;
};

/// y[r, o] = sum over k of x[r, k] * w(k, o), by the rule of lib/base/dot.h.
/// The weights come in lines of 16 neighbouring outputs:
///     w(k, o) = w[(o / 16) * line_stride + k * term_stride + o % 16]
/// or, in bf16 mode, in lines of 16 outputs and two terms, whole blocks of 32 terms filled with +0:
///     w(k, o) = w[(o / 16) * line_stride + k / 2 * 2 * term_stride + o % 16 * 2 + k % 2]
/// with term_stride 16. Strides count elements of w.
template <typename Element>
struct Product {
  const Element* w;
  size_t line_stride;
  size_t term_stride;
  size_t ahead;    // from a number to the one to prefetch while it is used
  const float* x;  // [n_rows, n_terms], rows x_stride apart
  size_t x_stride;
  size_t n_rows;
  size_t n_terms;
  float* y;  // [n_rows, n_outputs], rows y_stride apart
  size_t y_stride;
  size_t n_outputs;
  bool continues;  // y holds the sums over earlier terms, a multiple of 32 of them
};

/// Rows of activations as 8-bit integers in blocks of 32: lib/base/activations.h.
struct QuantizedRows {
  int8_t* q;     // [n_rows, n_blocks, 32]
  float* d;      // [n_rows, n_blocks]
  float* d_sum;  // [n_rows, n_blocks]
  size_t n_blocks;
};

/// Products of 8-bit activations with weights of 8 or 4 bits in groups of 16 outputs. A group holds
/// its blocks one after the other, a block of 32 terms being lines of 16 outputs and 4 terms:
///     q8_0  8 lines of bytes [16 outputs][4 terms]: terms 4 l .. 4 l + 3 in line l
///     q4_1  4 lines; the low halves of line l are terms 4 l + .., the high halves 16 + 4 l + ..
/// and, in scales, the block's f16 numbers: d [16 outputs], and for q4_1 then m [16 outputs].
struct IntegerProduct {
  const void* w;
  size_t group_stride;   // bytes from one group to the next
  const Half* scales;    // of the first group
  size_t scales_stride;  // numbers from one group to the next
  QuantizedRows x;
  size_t n_rows;
  float* y;  // [n_rows, n_outputs], rows y_stride apart
  size_t y_stride;
  size_t n_outputs;
};

/// Attention of the query heads of one row that share one K/V head, over positions
/// 0 .. n_positions - 1. Block b of the cache holds positions b * 256 and on: values
/// [n_kv_heads][256][head_dim], then keys [n_kv_heads][256 / 16][head_dim][16 positions]. From
/// position n_in_lines on, a multiple of 16, a head's keys are rows: [16 positions][head_dim].
template <typename Element>
struct Attend {
  const float* q;  // [n_heads, head_dim]
  size_t n_heads;
  size_t n_kv_heads;
  size_t kv_head;
  size_t head_dim;
  size_t n_positions;
  float scale;                   // of the scores
  const Element* const* blocks;  // as many as hold n_positions
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

  // Products, by the format of the weights.
  void (*product_f32)(const Product<float>* p);
  void (*product_bf16)(const Product<BFloat>* p);
  void (*product_q8_0)(const IntegerProduct* p);
  void (*product_q4_1)(const IntegerProduct* p);

  /// One row of activations, n numbers, rounded for bf16 and filled up to whole blocks with +0.
  void (*round_bf16)(const float* x, size_t n, float* rounded);

  /// One row, n numbers, as integers into row `row` of q, the last block filled with zeros.
  void (*quantize)(const float* x, size_t n, size_t row, const QuantizedRows* q);

  /// One row; y may be x.
  void (*rmsnorm)(const float* x, const float* weight, size_t n, float eps, float* y);

  /// One head, in place; cosines and sines [head_dim / 2].
  void (*rotate)(float* head, size_t head_dim, const float* cosines, const float* sines);

  // By the type of K and V.
  void (*attend_f32)(const Attend<float>* a);
  void (*attend_f16)(const Attend<Half>* a);
  void (*attend_bf16)(const Attend<BFloat>* a);

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
const PackedOps* packed_ops_neon();

}  // namespace tokenwalk
