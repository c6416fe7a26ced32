#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace tokenwalk {

/// A value that a model file gives to a key.
using MetadataValue =
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<bool>,
                 std::vector<std::int64_t>, std::vector<std::uint64_t>, std::vector<double>,
                 std::vector<std::string>>;

/// What a file says about its model: keys and typed values, from config.json (nested objects have
/// dotted keys, "rope_parameters.rope_theta") or from a GGUF file ("llama.block_count").
/// What a key means is lib/model's business.
///
/// A getter without `fallback` throws Error(kBadFile) if the key is missing; every getter throws it
/// if the value has another type or does not fit. Whole numbers serve where a real one is wanted,
/// never the reverse. The message names the file, the key, what was found and what was expected.
class Metadata {
 public:
  /// `source` is what messages call the file, usually its path.
  explicit Metadata(std::string source) : source_(std::move(source)) {}

  const std::string& source() const { return source_; }

  /// Adds a key. Error if it is there already.
  void add(const std::string& key, MetadataValue value);

  /// All keys in alphabetical order.
  const std::map<std::string, MetadataValue>& values() const { return values_; }

  bool contains(const std::string& key) const { return values_.count(key) != 0; }

  bool get_bool(const std::string& key) const;
  bool get_bool(const std::string& key, bool fallback) const;

  std::int64_t get_integer(const std::string& key) const;
  std::int64_t get_integer(const std::string& key, std::int64_t fallback) const;

  double get_real(const std::string& key) const;
  double get_real(const std::string& key, double fallback) const;

  const std::string& get_string(const std::string& key) const;
  std::string get_string(const std::string& key, const std::string& fallback) const;

  /// A list of whole numbers; a single one counts as a list of one ("eos_token_id" comes both
  /// ways).
  std::vector<std::int64_t> get_integers(const std::string& key) const;

  /// A list of strings, which may be long (a vocabulary): not copied.
  const std::vector<std::string>& get_strings(const std::string& key) const;

 private:
  const MetadataValue& require(const std::string& key, const char* expected) const;
  [[noreturn]] void fail_type(const std::string& key, const char* expected) const;

  std::string source_;
  std::map<std::string, MetadataValue> values_;
};

/// A value as a person reads it: strings in quotes, long strings and lists cut ("[1, 2, 3, ...]
/// (49152 values)"). For listings and messages.
std::string describe_value(const MetadataValue& value);

}  // namespace tokenwalk
