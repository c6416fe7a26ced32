#include "lib/kernels/packed/packed_set.h"

#include <algorithm>
#include <cmath>

#include "lib/base/check.h"
#include "lib/kernels/packed/packed_kv.h"
#include "lib/kernels/packed/packed_matrix.h"
#include "lib/kernels/packed/thread_scratch.h"

namespace tokenwalk {
namespace {

// Parts that threads take one by one: small enough that a thread held up delays little.
constexpr std::size_t kOutputsPerChunk = 96;     // of a product: 6 lines, the tile of a single row
constexpr std::size_t kRowsPerChunk = 128;       // of a product: weights in cache serve them all
constexpr std::size_t kElementsPerChunk = 8192;  // of the other operations

// The query heads of one row that share a K/V head.
void attend_kv_head(const PackedOps& ops, AttentionShape shape, const AttendRow& row,
                    std::size_t kv_head, float scale) {
  const auto& kv = static_cast<const PackedKv&>(*row.kv);
  CHECK_LT(row.position, kv.capacity());
  const std::size_t n_heads = shape.n_heads / shape.n_kv_heads;
  const std::size_t offset = kv_head * n_heads * shape.head_dim;
  Attend a = {};
  a.q = row.q + offset;
  a.n_heads = n_heads;
  a.n_kv_heads = shape.n_kv_heads;
  a.kv_head = kv_head;
  a.head_dim = shape.head_dim;
  a.n_positions = row.position + 1;
  a.scale = scale;
  a.blocks = kv.blocks();
  a.n_in_lines = kv.n_in_lines();
  a.scratch = thread_scratch(attend_scratch_size(n_heads, shape.head_dim, a.n_positions));
  a.out = row.out + offset;
  ops.attend(&a);
}

}  // namespace

std::unique_ptr<Matrix> PackedKernelSet::pack(MatrixView weights) const {
  return pack_matrix(weights, pool_);
}

void PackedKernelSet::unpack_row(const Matrix& matrix, std::size_t index,
                                 std::span<float> out) const {
  unpack_matrix_row(static_cast<const PackedMatrix&>(matrix), index, out);
}

// Chunks are pairs (outputs, rows), rows counting fastest: neighbours share weights.
void PackedKernelSet::matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const {
  const auto& matrix = static_cast<const PackedMatrix&>(w);
  const std::size_t row_chunks = (n_rows + kRowsPerChunk - 1) / kRowsPerChunk;
  const std::size_t output_chunks = (w.n_out + kOutputsPerChunk - 1) / kOutputsPerChunk;
  pool_.for_chunks(output_chunks * row_chunks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t output = i / row_chunks * kOutputsPerChunk;
      const std::size_t row = i % row_chunks * kRowsPerChunk;
      Product p = {};
      p.w = matrix.values.data() + output / 16 * matrix.line_stride();
      p.line_stride = matrix.line_stride();
      p.term_stride = 16;
      p.x = x + row * w.n_in;
      p.x_stride = w.n_in;
      p.n_rows = std::min(n_rows - row, kRowsPerChunk);
      p.n_terms = w.n_in;
      p.y = y + row * w.n_out + output;
      p.y_stride = w.n_out;
      p.n_outputs = std::min(w.n_out - output, kOutputsPerChunk);
      ops_.product(&p);
    }
  });
}

void PackedKernelSet::rmsnorm(const float* x, std::span<const float> weight, float eps,
                              std::size_t n_rows, float* y) const {
  const std::size_t n = weight.size();
  const std::size_t chunk = std::max<std::size_t>(kElementsPerChunk / n, 1);
  pool_.for_chunks(n_rows, chunk, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      ops_.rmsnorm(x + r * n, weight.data(), n, eps, y + r * n);
    }
  });
}

void PackedKernelSet::rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
                             RotaryRow angles) const {
  for (std::size_t h = 0; h < n_heads; ++h) {
    ops_.rotate(heads + h * head_dim, head_dim, angles.cosines, angles.sines);
  }
}

void PackedKernelSet::silu_gate(float* gate, const float* up, std::size_t n) const {
  pool_.for_chunks(n, kElementsPerChunk, [&](std::size_t begin, std::size_t end) {
    ops_.silu_gate(gate + begin, up + begin, end - begin);
  });
}

void PackedKernelSet::add(float* x, const float* y, std::size_t n) const {
  pool_.for_chunks(n, kElementsPerChunk, [&](std::size_t begin, std::size_t end) {
    ops_.add(x + begin, y + begin, end - begin);
  });
}

std::unique_ptr<LayerKv> PackedKernelSet::kv_create(AttentionShape shape) const {
  return std::make_unique<PackedKv>(shape);
}

void PackedKernelSet::kv_write(LayerKv& kv, std::size_t position, const float* k,
                               const float* v) const {
  static_cast<PackedKv&>(kv).write(position, k, v);
}

void PackedKernelSet::kv_read(const LayerKv& kv, std::size_t position, float* k, float* v) const {
  static_cast<const PackedKv&>(kv).read(position, k, v);
}

std::unique_ptr<LayerKv> PackedKernelSet::kv_fork(const LayerKv& kv) const {
  return std::make_unique<PackedKv>(static_cast<const PackedKv&>(kv));
}

void PackedKernelSet::attend(AttentionShape shape, std::span<const AttendRow> rows) const {
  const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(shape.head_dim)));
  pool_.for_chunks(rows.size() * shape.n_kv_heads, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const AttendRow& row = rows[i / shape.n_kv_heads];
      attend_kv_head(ops_, shape, row, i % shape.n_kv_heads, scale);
    }
  });
}

}  // namespace tokenwalk
