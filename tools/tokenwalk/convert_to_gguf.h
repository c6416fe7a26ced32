#pragma once

#include "lib/io/write_gguf.h"
#include "tools/tokenwalk/convert_source.h"

namespace tokenwalk {

/// The keys of a GGUF file of this model: its shape under the name of its architecture, and its
/// tokenizer if it has one. precision: f32, bf16 or q8_0.
/// Throws Error(kBadFile) for what a GGUF file cannot say: an architecture, a way to split text or
/// to stretch rotary positions without a name there, more tokens than the model has.
GgufKeys gguf_keys(const ConvertSource& source, const std::string& precision);

/// The tensors under GGUF's names and in its order of rows, with the types in which they are
/// stored. Throws Error(kBadFile) for tensors without a name there.
std::vector<TensorToWrite> gguf_tensors(const ConvertSource& source, const std::string& precision);

}  // namespace tokenwalk
