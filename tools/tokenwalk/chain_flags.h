#pragma once

#include <CLI/CLI.hpp>

#include "chapters/12_more_samplers/options.h"

namespace tokenwalk {

/// The flags of the samplers that chapter 12 adds, under the names that other engines use too.
/// Ranges are checked here; ids, and what flags mean together, by check_chain_options.
void add_chain_flags(CLI::App& command, ChainOptions& chain);

}  // namespace tokenwalk
