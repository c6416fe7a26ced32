#pragma once

#include <filesystem>
#include <string>

#include "lib/io/tensor_to_write.h"

namespace tokenwalk {

struct ConvertOptions {
  std::filesystem::path in;       ///< a Hugging Face folder or a GGUF file
  std::filesystem::path out;      ///< ends in .gguf: a GGUF file; otherwise a Hugging Face folder
  std::string precision = "f32";  ///< f32, bf16 or q8_0 (GGUF only)
  bool force = false;             ///< replace what is there
};

/// Writes a model again in another form: the other kind of file, another precision, or both.
///
/// Weights are widened to float32, exactly, then stored as asked: bf16 to nearest even, q8_0 as
/// lib/io/narrow.h says. In a GGUF file vectors stay F32, as do matrices whose rows are no whole
/// number of Q8_0 blocks. A folder gets config.json, generation_config.json, model.safetensors and
/// the tokenizer's files; from a folder these are copied. Nothing appears under the name `out`
/// before all is written.
///
/// Throws Error: `out` is there without `force`, an unknown precision, a model or tokenizer that
/// the other form cannot hold, a tensor that has no place in it, a disk that is full.
void convert_model(const ConvertOptions& options, const WriteProgress& progress);

}  // namespace tokenwalk
