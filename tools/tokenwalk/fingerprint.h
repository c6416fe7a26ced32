#pragma once

#include <span>
#include <string>

namespace tokenwalk {

/// Floats as little-endian bytes, every NaN as 7fc00000.
std::string float_bytes(std::span<const float> values);

/// SHA-256 of bytes in hexadecimal digits (FIPS 180-4).
std::string sha256_hex(const std::string& bytes);

/// Bytes in base64 with padding (RFC 4648).
std::string base64(const std::string& bytes);

}  // namespace tokenwalk
