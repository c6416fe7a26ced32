#pragma once

#include <string>

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

/// The candidates' probabilities as bars, most likely first, with their running sum as a line, and
/// what cut_nucleus keeps of them at p in colour: an SVG file. The ids are those of the nine words.
std::string draw_nucleus(const Candidates& candidates, double p);

}  // namespace tokenwalk
