#pragma once

#include <string>

namespace tokenwalk {

/// The probabilities of the nine words at three temperatures as bars side by side, an SVG file.
std::string draw_temperatures();

}  // namespace tokenwalk
