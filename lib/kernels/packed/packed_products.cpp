#include "lib/kernels/packed/packed_products.h"

#include <algorithm>

#include "lib/kernels/packed/packed_matrix.h"
#include "lib/kernels/packed/thread_scratch.h"

namespace tokenwalk {
namespace {

// Parts that threads take one by one: small enough that a thread held up delays little.
constexpr std::size_t kOutputsPerPart = 96;  // 6 lines, the tile of a single row
constexpr std::size_t kRowsPerPart = 128;    // weights in cache serve them all

// Terms that a single row's weights are asked for ahead: 8 KB of float32 in each line.
constexpr std::size_t kTermsAhead = 128;

// Some outputs of some rows of one product.
struct Part {
  const PackedMatrix* w;
  std::size_t output, n_outputs;
  std::size_t row, n_rows;
  float* y;  // of the first of them; rows lie w->n_out apart
};

const PackedMatrix& matrix_of(const Projection& product) {
  return static_cast<const PackedMatrix&>(*product.w);
}

std::size_t output_parts(const PackedMatrix& w) {
  return (w.n_out + kOutputsPerPart - 1) / kOutputsPerPart;
}

// Part `index` of all outputs of all products and one range of rows.
Part part_at(std::span<const Projection> products, std::size_t index, std::size_t row,
             std::size_t n_rows) {
  while (index >= output_parts(matrix_of(products.front()))) {
    index -= output_parts(matrix_of(products.front()));
    products = products.subspan(1);
  }
  const PackedMatrix& w = matrix_of(products.front());
  const std::size_t output = index * kOutputsPerPart;
  return {&w,  output, std::min(w.n_out - output, kOutputsPerPart),
          row, n_rows, products.front().y + row * w.n_out + output};
}

// Calls compute(part) for all parts, on all threads. Rows count fastest: neighbours share weights.
template <typename Compute>
void for_parts(ThreadPool& pool, std::span<const Projection> products, std::size_t n_rows,
               Compute compute) {
  const std::size_t row_parts = (n_rows + kRowsPerPart - 1) / kRowsPerPart;
  std::size_t parts = 0;
  for (const Projection& product : products) parts += output_parts(matrix_of(product));
  pool.for_chunks(parts * row_parts, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t row = i % row_parts * kRowsPerPart;
      compute(part_at(products, i / row_parts, row, std::min(n_rows - row, kRowsPerPart)));
    }
  });
}

// Weights whose lines hold floats, x as the format wants it, rows x_stride apart.
template <typename Element>
void compute_float_part(void (*product)(const Product<Element>*), const Part& part, const float* x,
                        std::size_t x_stride) {
  Product<Element> p = {};
  p.w = part.w->lines_of<Element>(part.output / 16);
  p.line_stride = part.w->group_bytes() / sizeof(Element);
  p.term_stride = 16;
  p.ahead = kTermsAhead * p.term_stride;
  p.x = x + part.row * x_stride;
  p.x_stride = x_stride;
  p.n_rows = part.n_rows;
  p.n_terms = x_stride;
  p.y = part.y;
  p.y_stride = part.w->n_out;
  p.n_outputs = part.n_outputs;
  product(&p);
}

void compute_integer_part(void (*product)(const IntegerProduct*), const Part& part,
                          const QuantizedRows& x) {
  IntegerProduct p = {};
  p.w = part.w->lines_of<std::byte>(part.output / 16);
  p.group_stride = part.w->group_bytes();
  p.scales = part.w->scales_of(part.output / 16);
  p.scales_stride = part.w->group_scales();
  const std::size_t block = part.row * x.n_blocks;
  p.x = {x.q + block * kSumBlock, x.d + block, x.d_sum + block, x.n_blocks};
  p.n_rows = part.n_rows;
  p.y = part.y;
  p.y_stride = part.w->n_out;
  p.n_outputs = part.n_outputs;
  product(&p);
}

// Rounded rows wait in the calling thread's scratch, which the parts do not use.

const float* rounded_rows(const PackedOps& ops, const float* x, std::size_t n, std::size_t n_rows,
                          std::size_t stride, ThreadPool& pool) {
  float* rounded = thread_scratch(n_rows * stride);
  pool.for_chunks(n_rows, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) ops.round_bf16(x + r * n, n, rounded + r * stride);
  });
  return rounded;
}

QuantizedRows quantized_rows(const PackedOps& ops, const float* x, std::size_t n,
                             std::size_t n_rows, std::size_t n_blocks, ThreadPool& pool) {
  const std::size_t all = n_rows * n_blocks;
  float* d = thread_scratch(all * (2 + kSumBlock / sizeof(float)));
  const QuantizedRows q = {reinterpret_cast<std::int8_t*>(d + 2 * all), d, d + all, n_blocks};
  pool.for_chunks(n_rows, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) ops.quantize(x + r * n, n, r, &q);
  });
  return q;
}

}  // namespace

void packed_products(const PackedOps& ops, std::span<const Projection> products, const float* x,
                     std::size_t n_rows, ThreadPool& pool) {
  const PackedMatrix& first = matrix_of(products.front());
  const std::size_t n = first.n_in;
  if (first.format == WeightFormat::kF32) {
    for_parts(pool, products, n_rows,
              [&](const Part& part) { compute_float_part(ops.product_f32, part, x, n); });
  } else if (first.format == WeightFormat::kBF16) {
    const std::size_t stride = first.n_blocks() * kSumBlock;
    const float* rounded = rounded_rows(ops, x, n, n_rows, stride, pool);
    for_parts(pool, products, n_rows, [&](const Part& part) {
      compute_float_part(ops.product_bf16, part, rounded, stride);
    });
  } else {
    const QuantizedRows q = quantized_rows(ops, x, n, n_rows, first.n_blocks(), pool);
    const auto product = first.format == WeightFormat::kQ8_0 ? ops.product_q8_0 : ops.product_q4_1;
    for_parts(pool, products, n_rows,
              [&](const Part& part) { compute_integer_part(product, part, q); });
  }
}

}  // namespace tokenwalk
