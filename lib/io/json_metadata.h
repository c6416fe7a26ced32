#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "lib/io/metadata.h"

namespace tokenwalk {

/// Reads a JSON file that holds one object, such as config.json or generation_config.json.
/// {"a": {"b": 1}} becomes the key "a.b". A list whose elements have one type becomes a list value;
/// any other list becomes the keys "list.0", "list.1", ... A null counts as a missing key.
/// Errors (kBadFile): not readable, not JSON in UTF-8, no object, a key twice or beyond 500 bytes,
/// more than 64 levels.
Metadata read_json_metadata(const std::filesystem::path& path);

/// The same for text in memory; `source` names it in messages.
Metadata parse_json_metadata(std::string_view text, const std::string& source);

}  // namespace tokenwalk
