#pragma once

#include <string_view>
#include <vector>

#include "chapters/12_more_samplers/options.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {

/// The keys that say how to sample, from temperature to order.
std::vector<std::string_view> sampling_keys();

/// Their values, all ranges checked. Ids are checked where the vocabulary is known.
ChainOptions read_sampling(const Request& request);

}  // namespace tokenwalk
