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
template <typename Element>
void attend_kv_head(void (*attend)(const Attend<Element>*), AttentionShape shape,
                    const AttendRow& row, std::size_t kv_head, float scale) {
  const auto& kv = static_cast<const PackedKv&>(*row.kv);
  CHECK_LT(row.position, kv.capacity());
  const std::size_t n_heads = shape.n_heads / shape.n_kv_heads;
  const std::size_t offset = kv_head * n_heads * shape.head_dim;
  Attend<Element> a = {};
  a.q = row.q + offset;
  a.n_heads = n_heads;
  a.n_kv_heads = shape.n_kv_heads;
  a.kv_head = kv_head;
  a.head_dim = shape.head_dim;
  a.n_positions = row.position + 1;
  a.scale = scale;
  a.blocks = kv.blocks<Element>();
  a.n_in_lines = kv.n_in_lines();
  a.scratch = thread_scratch(attend_scratch_size(n_heads, shape.head_dim, a.n_positions));
  a.out = row.out + offset;
  attend(&a);
}

void attend_kv_head(const PackedOps& ops, AttentionShape shape, const AttendRow& row,
                    std::size_t kv_head, float scale) {
  switch (static_cast<const PackedKv&>(*row.kv).type()) {
    case KvType::kF32:
      return attend_kv_head(ops.attend_f32, shape, row, kv_head, scale);
    case KvType::kF16:
      return attend_kv_head(ops.attend_f16, shape, row, kv_head, scale);
    case KvType::kBF16:
      return attend_kv_head(ops.attend_bf16, shape, row, kv_head, scale);
  }
}

// A part of a product: some outputs of some rows.
struct Part {
  std::size_t output, n_outputs;
  std::size_t row, n_rows;
};

// Calls compute(part) for all parts, on all threads. Rows count fastest: neighbours share weights.
template <typename Compute>
void for_parts(ThreadPool& pool, std::size_t n_outputs, std::size_t n_rows, Compute compute) {
  const std::size_t row_chunks = (n_rows + kRowsPerChunk - 1) / kRowsPerChunk;
  const std::size_t output_chunks = (n_outputs + kOutputsPerChunk - 1) / kOutputsPerChunk;
  pool.for_chunks(output_chunks * row_chunks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Part part = {};
      part.output = i / row_chunks * kOutputsPerChunk;
      part.n_outputs = std::min(n_outputs - part.output, kOutputsPerChunk);
      part.row = i % row_chunks * kRowsPerChunk;
      part.n_rows = std::min(n_rows - part.row, kRowsPerChunk);
      compute(part);
    }
  });
}

// y = W x for weights whose lines hold floats, x as the format wants it, rows x_stride apart.
template <typename Element>
void float_product(void (*product)(const Product<Element>*), const PackedMatrix& w, const float* x,
                   std::size_t x_stride, std::size_t n_rows, float* y, ThreadPool& pool) {
  for_parts(pool, w.n_out, n_rows, [&](const Part& part) {
    Product<Element> p = {};
    p.w = w.lines_of<Element>(part.output / 16);
    p.line_stride = w.group_bytes() / sizeof(Element);
    p.term_stride = 16;
    p.x = x + part.row * x_stride;
    p.x_stride = x_stride;
    p.n_rows = part.n_rows;
    p.n_terms = x_stride;
    p.y = y + part.row * w.n_out + part.output;
    p.y_stride = w.n_out;
    p.n_outputs = part.n_outputs;
    product(&p);
  });
}

void bf16_product(const PackedOps& ops, const PackedMatrix& w, const float* x, std::size_t n_rows,
                  float* y, ThreadPool& pool) {
  const std::size_t stride = w.n_blocks() * kSumBlock;
  float* rounded = thread_scratch(n_rows * stride);
  pool.for_chunks(n_rows, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      ops.round_bf16(x + r * w.n_in, w.n_in, rounded + r * stride);
    }
  });
  float_product(ops.product_bf16, w, rounded, stride, n_rows, y, pool);
}

// Room for n_rows rows of integers in the calling thread's scratch.
QuantizedRows quantized_rows(std::size_t n_rows, std::size_t n_blocks) {
  const std::size_t n = n_rows * n_blocks;
  float* d = thread_scratch(n * (2 + kSumBlock / sizeof(float)));
  return {reinterpret_cast<std::int8_t*>(d + 2 * n), d, d + n, n_blocks};
}

void integer_product(const PackedOps& ops, const PackedMatrix& w, const float* x,
                     std::size_t n_rows, float* y, ThreadPool& pool) {
  const QuantizedRows q = quantized_rows(n_rows, w.n_blocks());
  pool.for_chunks(n_rows, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) ops.quantize(x + r * w.n_in, w.n_in, r, &q);
  });
  const auto product = w.format == WeightFormat::kQ8_0 ? ops.product_q8_0 : ops.product_q4_1;
  for_parts(pool, w.n_out, n_rows, [&](const Part& part) {
    IntegerProduct p = {};
    p.w = w.lines_of<std::byte>(part.output / 16);
    p.group_stride = w.group_bytes();
    p.scales = w.scales_of(part.output / 16);
    p.scales_stride = w.group_scales();
    const std::size_t block = part.row * q.n_blocks;
    p.x = {q.q + block * kSumBlock, q.d + block, q.d_sum + block, q.n_blocks};
    p.n_rows = part.n_rows;
    p.y = y + part.row * w.n_out + part.output;
    p.y_stride = w.n_out;
    p.n_outputs = part.n_outputs;
    product(&p);
  });
}

}  // namespace

std::unique_ptr<Matrix> PackedKernelSet::pack(const WeightRows& rows) const {
  return pack_matrix(rows, pool_);
}

void PackedKernelSet::unpack_row(const Matrix& matrix, std::size_t index,
                                 std::span<float> out) const {
  unpack_matrix_row(static_cast<const PackedMatrix&>(matrix), index, out);
}

void PackedKernelSet::matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const {
  const auto& matrix = static_cast<const PackedMatrix&>(w);
  switch (w.format) {
    case WeightFormat::kF32:
      return float_product(ops_.product_f32, matrix, x, w.n_in, n_rows, y, pool_);
    case WeightFormat::kBF16:
      return bf16_product(ops_, matrix, x, n_rows, y, pool_);
    case WeightFormat::kQ8_0:
    case WeightFormat::kQ4_1:
      return integer_product(ops_, matrix, x, n_rows, y, pool_);
  }
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

std::unique_ptr<LayerKv> PackedKernelSet::kv_create(AttentionShape shape, KvType type) const {
  return std::make_unique<PackedKv>(shape, type);
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
