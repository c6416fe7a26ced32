#include "tools/grading/protocol/values.h"

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

namespace tokenwalk::grading {
namespace {

constexpr int kMaxDepth = 32;

// Refuses depth and doubled keys while the parser runs, before anything is built from them.
class Guard {
 public:
  bool operator()(int depth, json::parse_event_t event, json& value) {
    using Event = json::parse_event_t;
    if (depth > kMaxDepth) throw std::runtime_error("JSON nested too deeply");
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key && !keys_.back().insert(value.get<std::string>()).second) {
      throw std::runtime_error("a key twice in an object");
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;
};

template <typename T>
json list_of(std::span<const T> values) {
  json list = json::array();
  for (const T value : values) list.push_back(number(value));
  return list;
}

}  // namespace

json parse_untrusted(const std::string& text) {
  Guard guard;
  return json::parse(text, [&](int depth, json::parse_event_t event, json& value) {
    return guard(depth, event, value);
  });
}

json number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

double to_number(const json& value) {
  if (!value.is_string()) return value.get<double>();
  const std::string name = value;
  if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  if (name == "inf") return infinity;
  if (name == "-inf") return -infinity;
  throw std::runtime_error("no number: " + name);
}

json numbers(std::span<const float> values) {
  return list_of(values);
}

json numbers(std::span<const double> values) {
  return list_of(values);
}

std::vector<float> to_floats(const json& list) {
  std::vector<float> values;
  for (const json& value : list) values.push_back(static_cast<float>(to_number(value)));
  return values;
}

std::vector<double> to_doubles(const json& list) {
  std::vector<double> values;
  for (const json& value : list) values.push_back(to_number(value));
  return values;
}

json bytes(std::string_view value) {
  static const char* const kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '\\') {
      text += c;
    } else {
      text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return text;
}

std::string to_bytes(const json& value) {
  const std::string text = value;
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    result += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
    i += 3;
  }
  return result;
}

}  // namespace tokenwalk::grading
