#include "lib/io/tensor_to_write.h"

#include "lib/base/error.h"
#include "lib/io/describe.h"
#include "lib/io/narrow.h"
#include "lib/io/output_file.h"

namespace tokenwalk {
namespace {

std::size_t count_numbers(const TensorToWrite& tensor) {
  std::size_t count = 1;
  for (const std::size_t n : tensor.shape) count *= n;
  return count;
}

}  // namespace

std::size_t stored_bytes(const TensorToWrite& tensor) {
  return count_numbers(tensor) / block_size(tensor.dtype) * block_bytes(tensor.dtype);
}

void write_rows(OutputFile& file, const TensorToWrite& tensor) {
  std::vector<float> row(tensor.shape.empty() ? 1 : tensor.shape.back());
  const std::size_t n_rows = row.empty() ? 0 : count_numbers(tensor) / row.size();
  for (std::size_t i = 0; i < n_rows; ++i) {
    tensor.read_row(i, row);
    try {
      file.write(narrow_row(row, tensor.dtype));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kBadValue) throw;
      ErrorParts parts = error.parts();
      parts.message += ": the tensor " + quote(tensor.name) + ", row " + std::to_string(i);
      throw Error(ErrorCode::kBadValue, parts);
    }
  }
}

}  // namespace tokenwalk
