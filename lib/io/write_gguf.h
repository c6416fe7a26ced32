#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lib/io/tensor_to_write.h"

namespace tokenwalk {

/// A value of a GGUF key, in the types that model files use.
using GgufValue = std::variant<bool, std::uint32_t, float, std::string, std::vector<std::string>,
                               std::vector<std::int32_t>>;

/// Keys in the order in which they are written.
using GgufKeys = std::vector<std::pair<std::string, GgufValue>>;

/// Writes a GGUF file of version 3 that GgufFile and the Python package gguf read: keys, then the
/// tensors in the order given, each at a multiple of 32 bytes. `shape` is row-major; the file has
/// it innermost first. The file appears whole or not at all. Errors as OutputFile.
void write_gguf(const std::filesystem::path& path, const GgufKeys& keys,
                const std::vector<TensorToWrite>& tensors, const WriteProgress& progress = {});

}  // namespace tokenwalk
