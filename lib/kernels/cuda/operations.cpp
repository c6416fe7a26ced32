#include "lib/kernels/cuda/operations.h"

#include <algorithm>

#include "lib/base/check.h"

namespace tokenwalk::cuda {
namespace {

std::uint32_t u32(std::size_t n) {
  CHECK_LE(n, std::size_t{UINT32_MAX});
  return static_cast<std::uint32_t>(n);
}

// Blocks that share out n elements.
std::uint32_t blocks_for(std::size_t n) {
  return u32((n + OnePhase::kThreads - 1) / OnePhase::kThreads);
}

template <typename Format>
void multiply_rows(Device& device, const ProductArgs& args) {
  std::uint32_t groups = 0;
  for (std::uint32_t i = 0; i < args.n_parts; ++i) groups += args.part[i].w.n_group_rows();
  if (args.n_rows == 1) {
    device.launch<ProductRows<Format, 1>>({groups, 1, 1}, args);
  } else if (args.n_rows <= 4) {
    device.launch<ProductRows<Format, 4>>({groups, 1, 1}, args);
  } else {
    device.launch<ProductRows<Format, 8>>({groups, divide_up(args.n_rows, 8), 1}, args);
  }
}

template <typename Format>
void multiply_tiles(Device& device, const ProductArgs& args) {
  std::uint32_t n_out = 0;
  for (std::uint32_t i = 0; i < args.n_parts; ++i) n_out = std::max(n_out, args.part[i].w.n_out);
  device.launch<ProductTiles<Format>>(
      {divide_up(n_out, kTileColumns), divide_up(args.n_rows, kTileRows), args.n_parts}, args);
}

template <typename Format>
void multiply_as(Device& device, const ProductArgs& args) {
  args.n_rows <= kFewRows ? multiply_rows<Format>(device, args)
                          : multiply_tiles<Format>(device, args);
}

}  // namespace

void embed(Device& device, const CudaMatrix& table, const std::uint32_t* ids, std::size_t n_rows,
           float* x) {
  with_format(table.format, [&](auto format) {
    device.launch<Embed<decltype(format)>>({blocks_for(table.n_in), u32(n_rows), 1},
                                           {table.weights(), ids, x});
  });
}

void multiply(Device& device, std::span<const Multiplied> matrices, const float* x,
              std::size_t n_rows, bool adds) {
  const Matrix& first = *matrices[0].matrix;
  ProductArgs args;
  args.adds = adds ? 1 : 0;
  args.x = x;
  args.n_rows = u32(n_rows);
  args.n_parts = 0;
  for (const Multiplied& m : matrices) {
    CHECK_EQ(m.matrix->n_in, first.n_in);
    if (m.matrix->format != first.format || args.n_parts == kMostParts) break;
    args.part[args.n_parts++] = {m.matrix->weights(), m.bias, m.y};
  }
  with_format(first.format, [&](auto format) { multiply_as<decltype(format)>(device, args); });
  matrices = matrices.subspan(args.n_parts);
  if (!matrices.empty()) multiply(device, matrices, x, n_rows, adds);
}

void rmsnorm(Device& device, const Rmsnorm::Args& args, std::size_t n_rows) {
  device.launch<Rmsnorm>({u32(n_rows), 1, 1}, args);
}

void rotary_angles(Device& device, const RotaryAngles::Args& args, std::size_t n_rows) {
  device.launch<RotaryAngles>({blocks_for(args.half), u32(n_rows), 1}, args);
}

void rotate(Device& device, const Rotate::Args& args, std::size_t n_rows) {
  device.launch<Rotate>({blocks_for(std::size_t{args.n_heads} * args.half), u32(n_rows), 1}, args);
}

void silu_gate(Device& device, float* gate, const float* up, std::size_t n) {
  device.launch<SiluGate>({blocks_for(n), 1, 1}, {gate, up, n});
}

void add(Device& device, float* x, const float* y, std::size_t n) {
  device.launch<Add>({blocks_for(n), 1, 1}, {x, y, n});
}

void kv_write(Device& device, const KvWrite::Args& args, std::size_t n_rows) {
  device.launch<KvWrite>({blocks_for(args.shape.kv_size()), u32(n_rows), 1}, args);
}

void kv_read(Device& device, const KvRead::Args& args) {
  device.launch<KvRead>({blocks_for(args.shape.kv_size()), 1, 1}, args);
}

}  // namespace tokenwalk::cuda
