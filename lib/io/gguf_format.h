#pragma once

#include <cstddef>
#include <cstdint>

namespace tokenwalk {

// Numbers of the GGUF format. Source: docs/gguf.md in the repository of ggml.

/// Where tensors begin if general.alignment does not say.
inline constexpr std::size_t kDefaultAlignment = 32;

/// Types of the values of keys.
enum GgufValueType : std::uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

}  // namespace tokenwalk
