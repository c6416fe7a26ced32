#include "lib/io/stored_tensor.h"

#include "lib/base/check.h"

namespace tokenwalk {

std::size_t block_size(DType dtype) {
  CHECK(dtype != DType::kOther);
  const bool quantised = dtype == DType::kQ8_0 || dtype == DType::kQ4_0 || dtype == DType::kQ4_1;
  return quantised ? 32 : 1;
}

std::size_t block_bytes(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return 4;
    case DType::kF16:
      return 2;
    case DType::kBF16:
      return 2;
    case DType::kQ8_0:
      return 2 + 32;
    case DType::kQ4_0:
      return 2 + 16;
    case DType::kQ4_1:
      return 2 + 2 + 16;
    case DType::kOther:
      break;
  }
  CHECK(dtype != DType::kOther);
  return 0;
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
