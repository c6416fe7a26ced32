#pragma once

#include <span>
#include <string>

#include "lib/kernels/kv_type.h"

namespace tokenwalk {

/// Floats as little-endian bytes, every NaN as 7fc00000.
std::string float_bytes(std::span<const float> values);

/// Numbers of K and V as little-endian bytes of their type, every NaN as 7fc00000, 7e00 or 7fc0.
std::string kv_bytes(KvType type, std::span<const float> values);

/// SHA-256 of bytes in hexadecimal digits (FIPS 180-4).
std::string sha256_hex(const std::string& bytes);

/// Bytes in base64 with padding (RFC 4648).
std::string base64(const std::string& bytes);

}  // namespace tokenwalk
