#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tokenwalk::grading {

using json = nlohmann::json;

/// JSON from somebody we do not trust: at most 32 levels deep, no key twice in an object, UTF-8.
/// Throws std::runtime_error that says what is wrong.
json parse_untrusted(const std::string& text);

/// A number; JSON has none for these, so they travel as "inf", "-inf" and "nan".
json number(double value);
double to_number(const json& value);

json numbers(std::span<const float> values);
json numbers(std::span<const double> values);
std::vector<float> to_floats(const json& list);
std::vector<double> to_doubles(const json& list);

/// Bytes as readable ASCII: printable ones as they are, others (and the backslash) as \xNN.
json bytes(std::string_view value);
std::string to_bytes(const json& value);

}  // namespace tokenwalk::grading
