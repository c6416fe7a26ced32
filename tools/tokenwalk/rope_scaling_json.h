#pragma once

#include "lib/model/rope_scaling.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {

/// A float32 as the shortest decimal that reads back to it: 1e-05, not 9.9999997e-06.
double shortest_decimal(float value);

/// Rotary scaling under the names that config.json has for it: {"rope_type": "linear", "factor":
/// 2.5}. Divisors, which only GGUF files have, are a list of that name.
Json rope_scaling_json(const RopeScaling& scaling);

}  // namespace tokenwalk
