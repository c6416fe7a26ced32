#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lib/io/stored_tensor.h"

namespace tokenwalk {

/// A tensor that a writer asks for row by row, so that no tensor is ever whole in memory.
struct TensorToWrite {
  std::string name;
  std::vector<std::size_t> shape;  ///< row-major, outermost first
  DType dtype = DType::kF32;       ///< how it is stored: F32, BF16 or Q8_0
  /// Puts row `row` into `out`, whose size is the last dimension.
  std::function<void(std::size_t row, std::span<float> out)> read_row;
};

/// Called after each tensor with how many are written and how many there are.
using WriteProgress = std::function<void(std::size_t done, std::size_t all)>;

/// The bytes that the tensor takes when stored.
std::size_t stored_bytes(const TensorToWrite& tensor);

class OutputFile;

/// Writes all rows, narrowed to the tensor's type. Errors: those of narrow_row with the tensor's
/// name, and those of the file.
void write_rows(OutputFile& file, const TensorToWrite& tensor);

}  // namespace tokenwalk
