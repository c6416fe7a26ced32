#include "lib/io/json_metadata.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "lib/io/describe.h"
#include "lib/io/json_tree.h"
#include "lib/io/mapped_file.h"

namespace tokenwalk {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestKey = 500;  // with the names of all objects around it

template <typename T>
std::vector<T> list_of(const json& array) {
  std::vector<T> list;
  for (const json& element : array) list.push_back(element.get<T>());
  return list;
}

// The array as one value; nothing if its elements are containers or of different types.
std::optional<MetadataValue> list_value(const json& array) {
  const auto all = [&](auto has_type) { return std::all_of(array.begin(), array.end(), has_type); };
  if (all([](const json& v) { return v.is_string(); })) return list_of<std::string>(array);
  if (all([](const json& v) { return v.is_boolean(); })) return list_of<bool>(array);
  if (all([](const json& v) { return v.is_number_unsigned(); })) {
    return list_of<std::uint64_t>(array);
  }
  // Beyond the largest signed number a list with negative ones can only be a list of reals.
  if (all([](const json& v) {
        return v.is_number_integer() &&
               !(v.is_number_unsigned() && v.get<std::uint64_t>() > std::uint64_t{INT64_MAX});
      })) {
    return list_of<std::int64_t>(array);
  }
  if (all([](const json& v) { return v.is_number(); })) return list_of<double>(array);
  return std::nullopt;
}

MetadataValue scalar_value(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  return value.get<std::string>();
}

// Adds `value` under `key`, and what it contains under longer keys. As deep as the parser let it
// be.
void flatten(const std::string& key, const json& value, Metadata& metadata) {
  if (key.size() > kLongestKey) {
    throw_bad_file(metadata.source() + " has a key that is too long", quote(key),
                   "at most " + std::to_string(kLongestKey) + " bytes");
  }
  const std::string prefix = key.empty() ? "" : key + ".";
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) flatten(prefix + name, member, metadata);
  } else if (value.is_array()) {
    if (auto list = list_value(value)) {
      metadata.add(key, *std::move(list));
      return;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      flatten(prefix + std::to_string(i), value[i], metadata);
    }
  } else if (!value.is_null()) {
    metadata.add(key, scalar_value(value));
  }
}

}  // namespace

Metadata read_json_metadata(const std::filesystem::path& path) {
  const MappedFile file(path);
  return parse_json_metadata(file.text(), file.path());
}

Metadata parse_json_metadata(std::string_view text, const std::string& source) {
  const json tree = parse_json(text, source);
  if (!tree.is_object()) {
    throw_bad_file(source + " does not hold an object", json_text(tree), "{\"key\": value, ...}");
  }
  Metadata metadata(source);
  flatten("", tree, metadata);
  return metadata;
}

}  // namespace tokenwalk
