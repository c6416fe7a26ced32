#pragma once

#include <iosfwd>

#include "tools/tokenwalk/model_info.h"

namespace tokenwalk {

/// The table that `tokenwalk info` prints: the model, how its numbers are stored, its tokenizer,
/// its K/V cache, for a lone file its keys and tensors, for a folder that cannot be run the keys of
/// its configuration. Parts that are not there are left out.
void print_info(std::ostream& out, const ModelInfo& info);

/// The same, with all tensors, as one JSON object on one line.
void print_info_json(std::ostream& out, const ModelInfo& info);

}  // namespace tokenwalk
