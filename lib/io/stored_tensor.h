#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tokenwalk {

/// How the numbers of a tensor are stored. The quantised types keep blocks of 32 numbers, those
/// whose name ends in K super-blocks of 256 (lib/io/widen_k.h).
enum class DType {
  kF32,
  kF16,
  kBF16,
  kQ8_0,   ///< 34 bytes: f16 d, then 32 signed bytes q; value d * q
  kQ4_0,   ///< 18 bytes: f16 d, then 16 bytes with two numbers q in 0..15 each; d * (q - 8)
  kQ4_1,   ///< 20 bytes: f16 d, f16 m, then 16 bytes as above; d * q + m
  kQ4_K,   ///< 144 bytes
  kQ5_K,   ///< 176 bytes
  kQ6_K,   ///< 210 bytes
  kOther,  ///< known by its name only: such a tensor can be listed, not read
};

/// A tensor as it lies in a file: what it is called, its shape, where its bytes are. The bytes
/// belong to the file and need not be aligned.
struct StoredTensor {
  std::string name;
  DType dtype = DType::kOther;
  std::string type_name;           ///< as the file's format calls the type: "BF16", "Q6_K"
  std::vector<std::size_t> shape;  ///< row-major, outermost first; empty for a single number
  std::span<const std::byte> bytes;
};

/// Numbers in a block: 32 or 256 for the quantised types, 1 for the others. CHECKs dtype != kOther.
std::size_t block_size(DType dtype);

/// Bytes in a block.
std::size_t block_bytes(DType dtype);

/// How many numbers a tensor holds, how long its rows are (its last dimension, 1 if it has none)
/// and how many rows there are. A row of a quantised tensor is a whole number of blocks.
std::size_t element_count(const StoredTensor& tensor);
std::size_t row_length(const StoredTensor& tensor);
std::size_t row_count(const StoredTensor& tensor);

}  // namespace tokenwalk
