#include "tools/tokenwalk/token_colors.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

#include "lib/io/describe.h"

namespace tokenwalk {
namespace {

// Backgrounds of the 256-colour palette, light enough for black letters.
constexpr std::array<int, 6> kBackgrounds = {223, 152, 182, 187, 217, 151};

std::string colored(const std::string& text, std::size_t place) {
  const int background = kBackgrounds[place % kBackgrounds.size()];
  return "\033[30;48;5;" + std::to_string(background) + "m" + text + "\033[0m";
}

// Line by line, so that no colour runs to the edge of the terminal.
std::string colored_piece(const std::string& piece, std::size_t place) {
  std::string result;
  for (std::size_t begin = 0; begin < piece.size();) {
    const std::size_t end = piece.find('\n', begin);
    if (end == std::string::npos) return result + colored(printable(piece.substr(begin)), place);
    result += colored(printable(piece.substr(begin, end - begin)) + "\\n", place) + "\n";
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::string in_colors(const std::vector<int>& ids, const std::vector<std::string>& pieces) {
  std::string text, numbers;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    text += colored_piece(pieces[i], i);
    numbers += (i > 0 ? " " : "") + colored(std::to_string(ids[i]), i);
  }
  return text + "\n" + numbers + "\n";
}

bool wants_color(const std::string& when) {
  if (when != "auto") return when == "always";
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = no_color != nullptr && *no_color != '\0';
  return !refused && isatty(STDOUT_FILENO) != 0;
}

}  // namespace tokenwalk
