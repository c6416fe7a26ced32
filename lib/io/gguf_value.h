#pragma once

#include <string>

#include "lib/io/byte_reader.h"
#include "lib/io/metadata.h"

namespace tokenwalk {

/// Reads what a GGUF file gives to `key`: the type of a value, then the value. Narrow numbers
/// become 64-bit ones, floats doubles: every value stays exact. Errors (kBadFile): the file ends,
/// an unknown type, a list of lists, a truth value that is neither 0 nor 1.
MetadataValue read_gguf_value(ByteReader& in, const std::string& key);

}  // namespace tokenwalk
