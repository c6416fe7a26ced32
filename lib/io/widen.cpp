#include "lib/io/widen.h"

#include <cstring>

#include "lib/base/check.h"
#include "lib/base/half.h"
#include "lib/base/weight_row.h"
#include "lib/io/widen_k.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kBlock = 32;

// Files do not align their numbers, so they are copied out.
std::uint16_t read_u16(const std::byte* from) {
  std::uint16_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// The scale or offset of a block.
float read_half(const std::byte* from) {
  return float_from_half(read_u16(from));
}

// One block of a format that products take as it is.
template <typename Block>
void widen_block(const std::byte* from, WeightFormat format, float* out) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  read_row({&block, kBlock, format}, {out, kBlock});
}

// Low halves first, then high halves.
void unpack_halves(const std::byte* packed, std::uint8_t (&q)[kBlock]) {
  for (std::size_t i = 0; i < kBlock / 2; ++i) {
    q[i] = std::to_integer<std::uint8_t>(packed[i] & std::byte{0x0F});
    q[i + kBlock / 2] = std::to_integer<std::uint8_t>(packed[i] >> 4);
  }
}

void widen_q4_0(const std::byte* block, float* out) {
  const float d = read_half(block);
  std::uint8_t q[kBlock];
  unpack_halves(block + 2, q);
  for (std::size_t i = 0; i < kBlock; ++i) out[i] = d * static_cast<float>(int{q[i]} - 8);
}

}  // namespace

void widen_row(const StoredTensor& tensor, std::size_t row, std::span<float> out) {
  const std::size_t length = row_length(tensor);
  const std::size_t block = block_size(tensor.dtype);
  const std::size_t size = block_bytes(tensor.dtype);
  CHECK_EQ(out.size(), length);
  CHECK_LT(row, row_count(tensor));
  CHECK_EQ(length % block, 0u);
  const std::size_t row_bytes = length / block * size;
  CHECK_LE((row + 1) * row_bytes, tensor.bytes.size());
  // A row is a whole number of blocks, so every row begins with one.
  const std::byte* const from = tensor.bytes.data() + row * row_bytes;

  if (tensor.dtype == DType::kF32) {  // nothing to widen
    std::memcpy(out.data(), from, row_bytes);
    return;
  }
  for (std::size_t i = 0; i < length / block; ++i) {
    const std::byte* const in = from + i * size;
    switch (tensor.dtype) {
      case DType::kF16:
        out[i] = read_half(in);
        break;
      case DType::kBF16:
        out[i] = float_from_bfloat16(read_u16(in));
        break;
      case DType::kQ8_0:
        widen_block<Q8Block>(in, WeightFormat::kQ8_0, &out[i * kBlock]);
        break;
      case DType::kQ4_0:
        widen_q4_0(in, &out[i * kBlock]);
        break;
      case DType::kQ4_1:
        widen_block<Q4Block>(in, WeightFormat::kQ4_1, &out[i * kBlock]);
        break;
      case DType::kQ4_K:
        widen_q4_k(in, &out[i * kSuperBlock]);
        break;
      case DType::kQ5_K:
        widen_q5_k(in, &out[i * kSuperBlock]);
        break;
      case DType::kQ6_K:
        widen_q6_k(in, &out[i * kSuperBlock]);
        break;
      case DType::kF32:
      case DType::kOther:
        break;
    }
  }
}

void widen(const StoredTensor& tensor, std::span<float> out) {
  CHECK_EQ(out.size(), element_count(tensor));
  const std::size_t length = row_length(tensor);
  for (std::size_t row = 0; row < row_count(tensor); ++row) {
    widen_row(tensor, row, out.subspan(row * length, length));
  }
}

std::vector<float> widen(const StoredTensor& tensor) {
  std::vector<float> values(element_count(tensor));
  widen(tensor, values);
  return values;
}

}  // namespace tokenwalk
