#pragma once

#include <cstdint>

#include "lib/io/stored_tensor.h"

namespace tokenwalk {

/// A tensor type of a GGUF file.
struct GgmlType {
  std::uint32_t number;  ///< as the file gives it
  const char* name;
  DType dtype;               ///< kOther: can be listed, not read
  std::uint32_t block_size;  ///< numbers in a block
  std::uint32_t block_bytes;
};

/// The type with this number, nullptr if it is not known. Source: ggml.h and the table
/// GGML_QUANT_SIZES of the Python package gguf 0.19.
const GgmlType* find_ggml_type(std::uint32_t number);

/// The type that stores numbers this way, nullptr for kOther.
const GgmlType* find_ggml_type(DType dtype);

}  // namespace tokenwalk
