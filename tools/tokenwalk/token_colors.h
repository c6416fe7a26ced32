#pragma once

#include <string>
#include <vector>

namespace tokenwalk {

/// A text cut into tokens, for a terminal: each piece on a background of its own colour, then the
/// ids in the same colours. Line ends show as \n and end the line too; bytes that are no UTF-8 on
/// their own show as \xNN. pieces: the bytes of each id.
std::string in_colors(const std::vector<int>& ids, const std::vector<std::string>& pieces);

/// Whether to colour what goes to standard output: "always", "never", or "auto": on a terminal,
/// unless the environment variable NO_COLOR is set (no-color.org).
bool wants_color(const std::string& when);

}  // namespace tokenwalk
