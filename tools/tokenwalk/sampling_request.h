#pragma once

#include <string_view>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {

/// The keys that say how to sample: temperature, top_k, top_p, min_p, order, and those of the
/// protocol whose steps come in a later version.
std::vector<std::string_view> sampling_keys();

/// Their values, checked. Steps of a later version must be neutral.
SamplingOptions read_sampling(const Request& request);

}  // namespace tokenwalk
