#include "lib/io/metadata.h"

#include <array>
#include <limits>
#include <sstream>
#include <type_traits>
#include <utility>

#include "lib/io/describe.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kShownElements = 6;

// Names of MetadataValue's alternatives, in its order.
constexpr std::array<const char*, 10> kTypeNames = {"true or false",
                                                    "a whole number",
                                                    "a whole number",
                                                    "a real number",
                                                    "a string",
                                                    "a list of true and false",
                                                    "a list of whole numbers",
                                                    "a list of whole numbers",
                                                    "a list of real numbers",
                                                    "a list of strings"};

// True where the number is one of 64 bits with sign as well.
bool fits(std::uint64_t value) {
  return value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

// A single value; a string in quotes and cut.
template <typename T>
std::string scalar_text(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return quote(value, 60);
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else {
    std::ostringstream text;
    text << value;
    return text.str();
  }
}

// The first elements of a list, and how many there are if that is not all.
template <typename T>
std::string list_text(const std::vector<T>& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size() && i < kShownElements; ++i) {
    text += (i > 0 ? ", " : "") + scalar_text<T>(values[i]);
  }
  if (values.size() <= kShownElements) return text + "]";
  return text + ", ...] (" + std::to_string(values.size()) + " values)";
}

// Chooses between the two by the alternative that a value holds.
struct Describer {
  template <typename T>
  std::string operator()(const std::vector<T>& values) const {
    return list_text(values);
  }
  template <typename T>
  std::string operator()(const T& value) const {
    return scalar_text(value);
  }
};

// "[]" in a JSON file could be a list of anything; it is stored as a list of strings.
bool is_empty_list(const MetadataValue& value) {
  const auto* strings = std::get_if<std::vector<std::string>>(&value);
  return strings != nullptr && strings->empty();
}

}  // namespace

std::string describe_value(const MetadataValue& value) {
  return std::visit(Describer{}, value);
}

void Metadata::add(const std::string& key, MetadataValue value) {
  const auto [entry, is_new] = values_.emplace(key, std::move(value));
  if (is_new) return;
  throw_bad_file(source_ + " gives the key " + quote(key) + " twice",
                 "first " + describe_value(entry->second), "each key once");
}

const MetadataValue& Metadata::require(const std::string& key, const char* expected) const {
  const auto entry = values_.find(key);
  if (entry == values_.end()) {
    throw_bad_file(source_ + " has no key " + quote(key), "no such key", expected);
  }
  return entry->second;
}

void Metadata::fail_type(const std::string& key, const char* expected) const {
  const MetadataValue& value = values_.at(key);
  throw_bad_file(source_ + ": the key " + quote(key) + " has a value of the wrong kind",
                 std::string(kTypeNames[value.index()]) + ", " + describe_value(value), expected);
}

bool Metadata::get_bool(const std::string& key) const {
  const auto* value = std::get_if<bool>(&require(key, "true or false"));
  if (value == nullptr) fail_type(key, "true or false");
  return *value;
}

bool Metadata::get_bool(const std::string& key, bool fallback) const {
  return contains(key) ? get_bool(key) : fallback;
}

std::int64_t Metadata::get_integer(const std::string& key) const {
  const MetadataValue& value = require(key, "a whole number");
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* number = std::get_if<std::uint64_t>(&value)) {
    if (fits(*number)) return static_cast<std::int64_t>(*number);
    fail_type(key, "a whole number below 2^63");
  }
  fail_type(key, "a whole number");
}

std::int64_t Metadata::get_integer(const std::string& key, std::int64_t fallback) const {
  return contains(key) ? get_integer(key) : fallback;
}

double Metadata::get_real(const std::string& key) const {
  const MetadataValue& value = require(key, "a number");
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*number);
  fail_type(key, "a number");
}

double Metadata::get_real(const std::string& key, double fallback) const {
  return contains(key) ? get_real(key) : fallback;
}

const std::string& Metadata::get_string(const std::string& key) const {
  const auto* value = std::get_if<std::string>(&require(key, "a string"));
  if (value == nullptr) fail_type(key, "a string");
  return *value;
}

std::string Metadata::get_string(const std::string& key, const std::string& fallback) const {
  return contains(key) ? get_string(key) : fallback;
}

std::vector<std::int64_t> Metadata::get_integers(const std::string& key) const {
  const char* const expected = "a list of whole numbers";
  const MetadataValue& value = require(key, expected);
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) return *list;
  if (is_empty_list(value)) return {};
  const auto* unsigned_list = std::get_if<std::vector<std::uint64_t>>(&value);
  if (unsigned_list == nullptr) {
    const bool is_integer =
        std::holds_alternative<std::int64_t>(value) || std::holds_alternative<std::uint64_t>(value);
    if (!is_integer) fail_type(key, expected);
    return {get_integer(key)};
  }
  // JSON gives lists without a negative number as unsigned.
  std::vector<std::int64_t> numbers;
  for (const std::uint64_t number : *unsigned_list) {
    if (!fits(number)) fail_type(key, "a list of whole numbers below 2^63");
    numbers.push_back(static_cast<std::int64_t>(number));
  }
  return numbers;
}

const std::vector<std::string>& Metadata::get_strings(const std::string& key) const {
  const auto* value = std::get_if<std::vector<std::string>>(&require(key, "a list of strings"));
  if (value == nullptr) fail_type(key, "a list of strings");
  return *value;
}

}  // namespace tokenwalk
