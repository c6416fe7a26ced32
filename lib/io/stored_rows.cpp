#include "lib/io/stored_rows.h"

#include <cstring>
#include <vector>

#include "lib/base/half.h"
#include "lib/io/widen.h"

namespace tokenwalk {
namespace {

// A row of Q4_0, blocks of f16 d and 16 bytes, as q4_1. The factor -8 is exact in half precision,
// but for a d beyond 8,188, which no file should hold: there m is infinite.
void offset_blocks(const std::byte* from, std::size_t n_blocks, std::byte* out) {
  constexpr std::size_t kStored = 2 + kWeightBlock / 2;
  for (std::size_t b = 0; b < n_blocks; ++b) {
    Q4Block block;
    std::memcpy(&block.d, from + b * kStored, sizeof block.d);
    std::memcpy(block.q, from + b * kStored + 2, sizeof block.q);
    block.m = half_from_float(-8.0f * float_from_half(block.d));
    std::memcpy(out + b * sizeof block, &block, sizeof block);
  }
}

}  // namespace

WeightFormat natural_format(DType dtype) {
  switch (dtype) {
    case DType::kBF16:
      return WeightFormat::kBF16;
    case DType::kQ8_0:
      return WeightFormat::kQ8_0;
    case DType::kQ4_0:
    case DType::kQ4_1:
      return WeightFormat::kQ4_1;
    default:
      return WeightFormat::kF32;
  }
}

void read_stored_row(const StoredTensor& tensor, std::size_t row, WeightFormat format,
                     std::byte* out) {
  const std::size_t length = row_length(tensor);
  if (format == WeightFormat::kF32) {
    widen_row(tensor, row, {reinterpret_cast<float*>(out), length});
    return;
  }
  if (format != natural_format(tensor.dtype)) {
    std::vector<float> values(length);
    widen_row(tensor, row, values);
    write_row(values, format, out);
    return;
  }
  const std::size_t n_blocks = length / block_size(tensor.dtype);
  const std::size_t row_bytes = n_blocks * block_bytes(tensor.dtype);
  const std::byte* from = tensor.bytes.data() + row * row_bytes;
  if (tensor.dtype == DType::kQ4_0) {
    offset_blocks(from, n_blocks, out);
  } else {
    std::memcpy(out, from, row_bytes);
  }
}

}  // namespace tokenwalk
