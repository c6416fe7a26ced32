#include "tools/tokenwalk/raw_id.h"

#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {
namespace {

// The text without the white space around it.
std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// One past the string that begins at `begin`.
std::size_t end_of_string(std::string_view line, std::size_t begin) {
  std::size_t i = begin + 1;
  while (i < line.size() && line[i] != '"') i += line[i] == '\\' ? 2 : 1;
  return i + 1;
}

// Whether the member "key": value is the id; a key may be written with escapes.
bool is_id(std::string_view key) {
  return trimmed(key) == "\"id\"" || Json::parse(key, nullptr, false) == "id";
}

}  // namespace

std::string raw_id(std::string_view line) {
  if (trimmed(line).substr(0, 1) != "{") return "";
  std::string id;
  std::size_t member = 0, colon = 0;  // of the outermost object: where each began
  int depth = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') i = end_of_string(line, i) - 1;
    if ((c == '{' || c == '[') && ++depth == 1) member = i + 1;
    if (depth == 1 && c == ':') colon = i;
    const bool ends_member = depth == 1 && (c == ',' || c == '}');
    if (ends_member && colon > member && is_id(line.substr(member, colon - member))) {
      id = trimmed(line.substr(colon + 1, i - colon - 1));
    }
    if (ends_member) member = i + 1;
    if (c == '}' || c == ']') --depth;
  }
  return Json::accept(id) ? id : "";
}

}  // namespace tokenwalk
