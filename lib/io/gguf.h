#pragma once

#include <cstdint>
#include <filesystem>

#include "lib/io/mapped_file.h"
#include "lib/io/metadata.h"
#include "lib/io/tensor_file.h"

namespace tokenwalk {

/// A GGUF file, version 2 or 3, little-endian: keys and values, then the tensors' names, shapes,
/// types and places, then their bytes at multiples of general.alignment (32 if it is not given).
/// Source: the GGUF description in the repository of ggml (docs/gguf.md).
///
/// GGUF writes shapes innermost first; here they are turned to row-major like everywhere else: a
/// weight is [outputs, inputs]. Every count, length and place is checked against the file's size
/// before it is used, and no memory is set aside for what a count merely claims.
class GgufFile : public TensorFile {
 public:
  /// Errors (kBadFile): not readable, not GGUF, another version or byte order, a key or name twice,
  /// cut anywhere, a list of lists, a type that is not known, a place that is not aligned, outside
  /// the file, in another tensor, or after a gap.
  explicit GgufFile(const std::filesystem::path& path);

  std::uint32_t version() const { return version_; }

  /// "general.architecture", "llama.block_count", "tokenizer.ggml.tokens", ...
  const Metadata& metadata() const { return metadata_; }

 private:
  MappedFile file_;
  std::uint32_t version_ = 0;
  Metadata metadata_;
};

/// True if the file begins with "GGUF". False too if it cannot be read.
bool is_gguf(const std::filesystem::path& path);

}  // namespace tokenwalk
