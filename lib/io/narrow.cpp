#include "lib/io/narrow.h"

#include "lib/base/check.h"
#include "lib/base/weight_row.h"

namespace tokenwalk {
namespace {

WeightFormat format_of(DType dtype) {
  CHECK(dtype == DType::kF32 || dtype == DType::kBF16 || dtype == DType::kQ8_0);
  if (dtype == DType::kF32) return WeightFormat::kF32;
  return dtype == DType::kBF16 ? WeightFormat::kBF16 : WeightFormat::kQ8_0;
}

}  // namespace

std::vector<std::byte> narrow_row(std::span<const float> row, DType dtype) {
  const WeightFormat format = format_of(dtype);
  CHECK_EQ(row.size() % block_size(dtype), 0u);
  std::vector<std::byte> bytes(weight_row_bytes(format, row.size()));
  write_row(row, format, bytes.data());
  return bytes;
}

}  // namespace tokenwalk
