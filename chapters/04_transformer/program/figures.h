#pragma once

#include <span>
#include <string>
#include <vector>

namespace tokenwalk {

/// Attention weights [n, n] as squares, row by row: the stronger the colour, the more a token takes
/// of another. labels: the n tokens. An SVG file.
std::string draw_attention(std::span<const float> weights, const std::vector<std::string>& labels);

}  // namespace tokenwalk
