#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tokenwalk {

using Json = nlohmann::ordered_json;

/// One request of the jsonl protocol: typed access to its keys.
/// Every getter throws Error(kBadRequest) for a missing key or a wrong type and Error(kBadValue)
/// for a value out of range; the message names the key, what was found and what was expected.
/// Getters with a fallback return it where the key is missing.
class Request {
 public:
  /// object: a JSON object; it must outlive the request. Throws where a key is not in `allowed`.
  Request(const Json& object, const std::vector<std::string_view>& allowed);

  /// The request as it came.
  const Json& whole() const { return object_; }

  bool has(std::string_view key) const { return object_.contains(key); }

  std::string text(std::string_view key) const;
  std::string text(std::string_view key, const std::string& fallback) const;
  bool flag(std::string_view key, bool fallback) const;
  std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most) const;
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                       std::int64_t most) const;
  std::uint64_t seed(std::string_view key, std::uint64_t fallback) const;
  int count(std::string_view key, int fallback) const;  ///< at least 0; a huge one counts as 2^31-1
  double number(std::string_view key) const;
  double number(std::string_view key, double fallback) const;

  std::vector<std::string> texts(std::string_view key) const;
  std::vector<int> integers(std::string_view key) const;
  std::vector<std::uint32_t> words(std::string_view key, std::size_t count) const;
  std::vector<double> numbers(std::string_view key) const;  ///< "inf", "-inf", "nan" allowed

  const Json& object(std::string_view key) const;
  const Json& objects(std::string_view key) const;  ///< an array of objects
  const Json& at(std::string_view key) const;       ///< of any type

  /// Throws unless the key is missing or its value does nothing: a neutral number, or an empty
  /// array or object; null where any other does something. For what the protocol has and this
  /// version has not.
  void expect_neutral(std::string_view key, const Json& neutral) const;

 private:
  const Json& object_;
};

/// Floats as JSON: a number, or "inf", "-inf", "nan".
Json to_json(double value);
Json to_json(const std::vector<double>& values);
Json to_json(const std::vector<float>& values);

/// Bytes as lower-case hexadecimal digits and back; bad digits throw Error(kBadValue).
std::string to_hex(std::string_view bytes);
std::string from_hex(std::string_view digits);

/// A hint for a name that is none of `names`: the nearest of them, or where to look.
std::string nearest_hint(std::string_view name, const std::vector<std::string_view>& names);

/// A short rendering of a value for an error message.
std::string describe(const Json& value);

}  // namespace tokenwalk
