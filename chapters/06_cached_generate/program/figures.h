#pragma once

#include <string>
#include <vector>

#include "lib/model/model.h"

namespace tokenwalk {

/// Positions evaluated for 0 to n new tokens, by the naive loop and by the cached one, as both
/// count them themselves: two curves, an SVG file.
std::string draw_positions(const Model& model, const std::vector<int>& prompt, int n);

/// Where the keys and values of n new tokens after the prompt are: a row for K and for V of each
/// layer and head, a square for each position, the last token outside. An SVG file.
std::string draw_cache_layout(const Model& model, const std::vector<int>& prompt, int n);

}  // namespace tokenwalk
