#include "tools/tokenwalk/input_text.h"

#include <iostream>
#include <iterator>

#include "lib/io/mapped_file.h"
#include "tools/tokenwalk/commands.h"

namespace tokenwalk {

std::string read_input(const std::string& path) {
  const bool standard = path == "-";
  std::string text = standard ? std::string(std::istreambuf_iterator<char>(std::cin), {})
                              : std::string(MappedFile(path).text());
  check_utf8(text, standard ? "standard input" : path, ErrorCode::kBadFile);
  return text;
}

std::string read_lines(const std::string& path) {
  std::string text = read_input(path);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() == '\r') text.pop_back();
  return text;
}

}  // namespace tokenwalk
