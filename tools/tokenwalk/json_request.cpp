#include "tools/tokenwalk/json_request.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/error.h"
#include "lib/io/describe.h"

namespace tokenwalk {
namespace {

[[noreturn]] void fail_type(std::string_view key, const Json& found, const std::string& expected) {
  throw Error(ErrorCode::kBadRequest, {"key \"" + std::string(key) + "\" has the wrong type",
                                       describe(found), expected, ""});
}

std::int64_t as_integer(std::string_view key, const Json& value, std::int64_t least,
                        std::int64_t most) {
  if (!value.is_number_integer()) fail_type(key, value, "an integer");
  const bool huge =
      value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
  const std::int64_t number = huge ? INT64_MAX : value.get<std::int64_t>();
  if (huge || number < least || number > most) {
    throw Error(ErrorCode::kBadValue,
                {"key \"" + std::string(key) + "\" is out of range", describe(value),
                 "an integer from " + std::to_string(least) + " to " + std::to_string(most), ""});
  }
  return number;
}

double as_number(std::string_view key, const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value == "inf") return std::numeric_limits<double>::infinity();
  if (value == "-inf") return -std::numeric_limits<double>::infinity();
  if (value == "nan") return std::numeric_limits<double>::quiet_NaN();
  fail_type(key, value, R"(a number, "inf", "-inf" or "nan")");
}

const Json& as_array(std::string_view key, const Json& value, const std::string& of) {
  if (!value.is_array()) fail_type(key, value, "an array of " + of);
  return value;
}

std::string as_text(std::string_view key, const Json& value) {
  if (!value.is_string()) fail_type(key, value, "a string");
  return value.get<std::string>();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string nearest_hint(std::string_view name, const std::vector<std::string_view>& names) {
  const std::string near = nearest_name(name, names);
  return near.empty() ? "docs/jsonl.md lists what there is" : "the nearest is " + near;
}

Request::Request(const Json& object, const std::vector<std::string_view>& allowed)
    : object_(object) {
  for (const auto& [key, value] : object.items()) {
    if (key == "op" || key == "id") continue;
    if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    std::string names;
    for (const std::string_view name : allowed) {
      names += (names.empty() ? "" : ", ") + std::string(name);
    }
    throw Error(ErrorCode::kBadRequest,
                {"unknown key \"" + key + "\"", key,
                 names.empty() ? "no keys but op and id" : names, nearest_hint(key, allowed)});
  }
}

const Json& Request::at(std::string_view key) const {
  if (!has(key)) {
    throw Error(ErrorCode::kBadRequest, {"key \"" + std::string(key) + "\" is missing", "nothing",
                                         "the key \"" + std::string(key) + "\"",
                                         "docs/jsonl.md lists the keys that an operation needs"});
  }
  return object_.at(std::string(key));
}

std::string Request::text(std::string_view key) const {
  return as_text(key, at(key));
}

std::string Request::text(std::string_view key, const std::string& fallback) const {
  return has(key) ? text(key) : fallback;
}

bool Request::flag(std::string_view key, bool fallback) const {
  if (!has(key)) return fallback;
  if (!at(key).is_boolean()) fail_type(key, at(key), "true or false");
  return at(key).get<bool>();
}

std::int64_t Request::integer(std::string_view key, std::int64_t least, std::int64_t most) const {
  return as_integer(key, at(key), least, most);
}

std::int64_t Request::integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                              std::int64_t most) const {
  return has(key) ? integer(key, least, most) : fallback;
}

std::uint64_t Request::seed(std::string_view key, std::uint64_t fallback) const {
  if (!has(key)) return fallback;
  if (at(key).is_number_unsigned()) return at(key).get<std::uint64_t>();
  return static_cast<std::uint64_t>(integer(key, 0, INT64_MAX));
}

int Request::count(std::string_view key, int fallback) const {
  if (!has(key)) return fallback;
  const bool huge = at(key).is_number_unsigned() && at(key).get<std::uint64_t>() > INT32_MAX;
  return huge ? INT32_MAX : static_cast<int>(integer(key, 0, INT32_MAX));
}

double Request::number(std::string_view key) const {
  return as_number(key, at(key));
}

double Request::number(std::string_view key, double fallback) const {
  return has(key) ? number(key) : fallback;
}

std::vector<std::string> Request::texts(std::string_view key) const {
  std::vector<std::string> result;
  for (const Json& item : as_array(key, at(key), "strings")) result.push_back(as_text(key, item));
  return result;
}

std::vector<int> Request::integers(std::string_view key) const {
  std::vector<int> result;
  for (const Json& item : as_array(key, at(key), "integers")) {
    result.push_back(static_cast<int>(as_integer(key, item, INT32_MIN, INT32_MAX)));
  }
  return result;
}

std::vector<std::uint32_t> Request::words(std::string_view key, std::size_t count) const {
  const Json& array = as_array(key, at(key), std::to_string(count) + " words of 32 bits");
  if (array.size() != count) {
    throw Error(ErrorCode::kBadValue,
                {"key \"" + std::string(key) + "\" has the wrong length",
                 std::to_string(array.size()) + " words", std::to_string(count) + " words", ""});
  }
  std::vector<std::uint32_t> result;
  for (const Json& item : array) {
    result.push_back(static_cast<std::uint32_t>(as_integer(key, item, 0, UINT32_MAX)));
  }
  return result;
}

std::vector<double> Request::numbers(std::string_view key) const {
  std::vector<double> result;
  for (const Json& item : as_array(key, at(key), "numbers")) {
    result.push_back(as_number(key, item));
  }
  return result;
}

const Json& Request::object(std::string_view key) const {
  if (!at(key).is_object()) fail_type(key, at(key), "an object");
  return at(key);
}

const Json& Request::objects(std::string_view key) const {
  const Json& array = as_array(key, at(key), "objects");
  for (const Json& item : array) {
    if (!item.is_object()) fail_type(key, item, "an array of objects");
  }
  return array;
}

void Request::expect_neutral(std::string_view key, const Json& neutral) const {
  if (!has(key)) return;
  const Json& value = at(key);
  if (neutral.is_number()) {
    as_number(key, value);
  } else if (!neutral.is_null() && value.type() != neutral.type()) {
    fail_type(key, value, std::string("an ") + neutral.type_name());
  }
  if (value == neutral) return;
  throw Error(ErrorCode::kBadValue,
              {"key \"" + std::string(key) + "\" is not in this version", describe(value),
               describe(neutral) + ", which does nothing", "it comes in a later version"});
}

Json to_json(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

Json to_json(const std::vector<double>& values) {
  Json array = Json::array();
  for (const double value : values) array.push_back(to_json(value));
  return array;
}

Json to_json(const std::vector<float>& values) {
  return to_json(std::vector<double>(values.begin(), values.end()));
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string digits;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    digits += kDigits[byte >> 4];
    digits += kDigits[byte & 15];
  }
  return digits;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = i + 1 < digits.size() ? hex_digit(digits[i + 1]) : -1;
    if (high < 0 || low < 0) {
      throw Error(ErrorCode::kBadValue,
                  {"bytes are not hexadecimal", std::string(digits),
                   "an even number of digits 0-9 and a-f", "two digits a byte"});
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string describe(const Json& value) {
  constexpr std::size_t kMost = 60;
  std::string text = value.is_array() || value.is_object()
                         ? std::string(value.type_name()) + " of " + std::to_string(value.size())
                         : value.dump(-1, ' ', true);
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  return text;
}

}  // namespace tokenwalk
