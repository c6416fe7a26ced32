#include "lib/kernels/cuda/cuda_matrix.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace tokenwalk::cuda {
namespace {

constexpr std::size_t kRowsAtOnce = 1024;  // a multiple of kGroupOutputs

// One unit as the device keeps it.
template <typename Format>
struct PackedUnit {
  Chunk chunk[Format::kChunks] = {};
  std::uint32_t scale = 0;
};

// Numbers of a fixed size; a short last unit is filled with zeros.
template <typename Number, typename Format>
void copy_numbers(const WeightRow& row, std::uint32_t unit, PackedUnit<Format>& out) {
  const std::size_t first = std::size_t{unit} * kUnit;
  const std::size_t n = std::min<std::size_t>(kUnit, row.size - first);
  std::memcpy(out.chunk, static_cast<const Number*>(row.data) + first, n * sizeof(Number));
}

void pack_unit(const WeightRow& row, std::uint32_t unit, PackedUnit<F32>& out) {
  copy_numbers<float>(row, unit, out);
}

void pack_unit(const WeightRow& row, std::uint32_t unit, PackedUnit<Bf16>& out) {
  copy_numbers<std::uint16_t>(row, unit, out);
}

void pack_unit(const WeightRow& row, std::uint32_t unit, PackedUnit<Q8_0>& out) {
  const Q8Block& block = static_cast<const Q8Block*>(row.data)[unit];
  std::memcpy(out.chunk, block.q, sizeof(block.q));
  out.scale = block.d;
}

void pack_unit(const WeightRow& row, std::uint32_t unit, PackedUnit<Q4_1>& out) {
  const Q4Block& block = static_cast<const Q4Block*>(row.data)[unit];
  std::memcpy(out.chunk, block.q, sizeof(block.q));
  out.scale = block.d | std::uint32_t{block.m} << 16;
}

// Some rows, from a group of outputs on, in the device's order.
template <typename Format>
struct Slab {
  explicit Slab(const Weights& layout)
      : chunks(layout.n_stored_units() * Format::kChunks), scales(layout.n_stored_units()) {}

  void put(const Weights& layout, std::uint32_t output, const WeightRow& row) {
    for (std::uint32_t u = 0; u < layout.n_units(); ++u) {
      const UnitPlace place = place_of_unit(layout, output, u);
      PackedUnit<Format> unit;
      pack_unit(row, u, unit);
      for (std::uint32_t i = 0; i < Format::kChunks; ++i) {
        chunks[chunk_index(place, Format::kChunks, i)] = unit.chunk[i];
      }
      scales[scale_index(place)] = unit.scale;
    }
  }

  std::vector<Chunk> chunks;
  std::vector<std::uint32_t> scales;
};

}  // namespace

CudaMatrix::CudaMatrix(Device& device, const WeightRows& rows)
    : Matrix(rows.n_rows, rows.n_cols, rows.format) {
  with_format(format, [&](auto form) { upload<decltype(form)>(device, rows); });
}

// A thousand rows at a time, so that the processor never holds a second copy of a large matrix.
template <typename Format>
void CudaMatrix::upload(Device& device, const WeightRows& rows) {
  const std::size_t n_units = weights().n_stored_units();
  chunks_ = DeviceArray<Chunk>(device, n_units * Format::kChunks);
  if (Format::kScaled) scales_ = DeviceArray<std::uint32_t>(device, n_units);
  const std::size_t row_bytes = weight_row_bytes(format, n_in);
  std::vector<std::byte> read(kRowsAtOnce * row_bytes);
  std::size_t done = 0;  // units
  for (std::size_t first = 0; first < n_out; first += kRowsAtOnce) {
    const std::size_t n = std::min(kRowsAtOnce, n_out - first);
    rows.read(first, n, read.data());
    Weights layout = weights();
    layout.n_out = static_cast<std::uint32_t>(n);
    Slab<Format> slab(layout);
    for (std::uint32_t o = 0; o < n; ++o) {
      slab.put(layout, o, {read.data() + o * row_bytes, n_in, format});
    }
    device.upload(chunks_.data() + done * Format::kChunks, slab.chunks.data(),
                  slab.chunks.size() * sizeof(Chunk));
    if (Format::kScaled) {
      device.upload(scales_.data() + done, slab.scales.data(),
                    slab.scales.size() * sizeof(std::uint32_t));
    }
    done += layout.n_stored_units();
  }
}

Weights CudaMatrix::weights() const {
  return {chunks_.data(), scales_.data(), static_cast<std::uint32_t>(n_out),
          static_cast<std::uint32_t>(n_in)};
}

}  // namespace tokenwalk::cuda
