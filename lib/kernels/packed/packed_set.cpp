#include "lib/kernels/packed/packed_set.h"

#include <algorithm>
#include <cmath>

#include "lib/base/check.h"
#include "lib/kernels/packed/packed_kv.h"
#include "lib/kernels/packed/packed_matrix.h"
#include "lib/kernels/packed/packed_products.h"
#include "lib/kernels/packed/thread_scratch.h"

namespace tokenwalk {
namespace {

// Of the small operations a thread takes so many numbers at a time.
constexpr std::size_t kElementsPerChunk = 8192;

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

}  // namespace

std::unique_ptr<Matrix> PackedKernelSet::pack(const WeightRows& rows) const {
  return pack_matrix(rows, pool_);
}

void PackedKernelSet::unpack_row(const Matrix& matrix, std::size_t index,
                                 std::span<float> out) const {
  unpack_matrix_row(static_cast<const PackedMatrix&>(matrix), index, out);
}

void PackedKernelSet::matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const {
  const Projection product = {&w, y};
  packed_products(ops_, {&product, 1}, x, n_rows, pool_);
}

// Neighbours of one format go together.
void PackedKernelSet::matmul_all(std::span<const Projection> products, const float* x,
                                 std::size_t n_rows) const {
  while (!products.empty()) {
    std::size_t n = 1;
    while (n < products.size() && products[n].w->format == products[0].w->format) ++n;
    packed_products(ops_, products.first(n), x, n_rows, pool_);
    products = products.subspan(n);
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
