#include "lib/io/json_tree.h"

#include <utility>

#include "lib/io/describe.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostValues = 1'000'000;

// nlohmann begins its messages with "[json.exception.parse_error.101] parse error at ".
std::string without_prefix(const std::string& what) {
  const std::size_t end = what.find("] ");
  return end == std::string::npos ? what : what.substr(end + 2);
}

std::string kind_text(const nlohmann::json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "a truth value";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  return value.is_array() ? "an array" : "an object";
}

}  // namespace

void JsonTreeBuilder::parse(std::string_view text) {
  nlohmann::json::sax_parse(text.begin(), text.end(), this);
}

bool JsonTreeBuilder::number_float(number_float_t value, const string_t& /*digits*/) {
  return put(value);
}

// JSON text holds no binary values; the interface asks for the function.
bool JsonTreeBuilder::binary(binary_t& /*value*/) {
  return false;
}

bool JsonTreeBuilder::start_object(std::size_t /*size*/) {
  return open(nlohmann::json::object());
}

bool JsonTreeBuilder::start_array(std::size_t /*size*/) {
  return open(nlohmann::json::array());
}

bool JsonTreeBuilder::end_object() {
  open_.pop_back();
  return true;
}

bool JsonTreeBuilder::end_array() {
  open_.pop_back();
  return true;
}

bool JsonTreeBuilder::key(string_t& name) {
  const auto [member, is_new] =
      open_.back()->get_ref<nlohmann::json::object_t&>().emplace(std::move(name), nullptr);
  if (!is_new) {
    throw_bad_file(source_ + " gives the key " + quote(member->first) + " twice in one object",
                   "two values", "each key once");
  }
  next_member_ = &member->second;
  return true;
}

bool JsonTreeBuilder::parse_error(std::size_t position, const std::string& /*last_token*/,
                                  const nlohmann::json::exception& problem) {
  throw_bad_file(source_ + " is not valid JSON", quote(without_prefix(problem.what()), 300),
                 "JSON text in UTF-8",
                 "the trouble is at byte " + std::to_string(position) +
                     "; a text that stops there is an unfinished download");
}

bool JsonTreeBuilder::put(nlohmann::json value) {
  place(std::move(value));
  return true;
}

bool JsonTreeBuilder::open(nlohmann::json container) {
  if (open_.size() == kDeepest) {
    throw_bad_file(source_ + " nests objects and arrays too deeply",
                   "more than " + std::to_string(kDeepest) + " levels",
                   "at most " + std::to_string(kDeepest) + " levels");
  }
  open_.push_back(place(std::move(container)));
  return true;
}

nlohmann::json* JsonTreeBuilder::place(nlohmann::json value) {
  if (++count_ > kMostValues) {
    throw_bad_file(source_ + " holds too many values", "more than " + std::to_string(kMostValues),
                   "at most " + std::to_string(kMostValues));
  }
  nlohmann::json* target = &tree_;
  if (!open_.empty() && open_.back()->is_array()) {
    open_.back()->push_back(nullptr);
    target = &open_.back()->back();
  } else if (!open_.empty()) {
    target = next_member_;
  }
  *target = std::move(value);
  return target;
}

nlohmann::json parse_json(std::string_view text, const std::string& source) {
  JsonTreeBuilder builder(source);
  builder.parse(text);
  return std::move(builder.tree());
}

std::string json_text(const nlohmann::json& value) {
  if (value.is_string()) return "a string, " + quote(value.get_ref<const std::string&>(), 60);
  const bool short_text = value.is_boolean() || value.is_number();
  return short_text ? kind_text(value) + ", " + value.dump() : kind_text(value);
}

}  // namespace tokenwalk
