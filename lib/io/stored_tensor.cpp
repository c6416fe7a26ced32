#include "lib/io/stored_tensor.h"

#include "lib/base/check.h"

namespace tokenwalk {

namespace {

struct Block {
  std::size_t numbers;
  std::size_t bytes;
};

// {} for a type that is only known by its name.
Block block_of(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return {1, 4};
    case DType::kF16:
    case DType::kBF16:
      return {1, 2};
    case DType::kQ8_0:
      return {32, 2 + 32};
    case DType::kQ4_0:
      return {32, 2 + 16};
    case DType::kQ4_1:
      return {32, 2 + 2 + 16};
    case DType::kQ4_K:
      return {256, 2 + 2 + 12 + 128};
    case DType::kQ5_K:
      return {256, 2 + 2 + 12 + 32 + 128};
    case DType::kQ6_K:
      return {256, 128 + 64 + 16 + 2};
    case DType::kOther:
      break;
  }
  CHECK(dtype != DType::kOther);
  return {};
}

}  // namespace

std::size_t block_size(DType dtype) {
  return block_of(dtype).numbers;
}

std::size_t block_bytes(DType dtype) {
  return block_of(dtype).bytes;
}

std::size_t element_count(const StoredTensor& tensor) {
  std::size_t count = 1;
  for (const std::size_t n : tensor.shape) count *= n;
  return count;
}

std::size_t row_length(const StoredTensor& tensor) {
  return tensor.shape.empty() ? 1 : tensor.shape.back();
}

std::size_t row_count(const StoredTensor& tensor) {
  const std::size_t length = row_length(tensor);
  return length == 0 ? 0 : element_count(tensor) / length;
}

}  // namespace tokenwalk
