#pragma once

#include <filesystem>
#include <vector>

#include "lib/io/tensor_to_write.h"

namespace tokenwalk {

/// Writes a .safetensors file that SafetensorsFile and the library of that name read, with
/// "format": "pt" as transformers wants it. The tensors' bytes begin at a multiple of 8 and follow
/// each other in the order given; types F32 and BF16 (CHECK). The file appears whole or not at all.
/// Errors as OutputFile.
void write_safetensors(const std::filesystem::path& path, const std::vector<TensorToWrite>& tensors,
                       const WriteProgress& progress = {});

}  // namespace tokenwalk
