#pragma once

#include <string>

#include "lib/base/program_flags.h"

namespace tokenwalk {

/// The ladder's times on this machine as Markdown: each rung and each format with one row, as in
/// decode, and with 128, as in prefill, beside what the machine can read and compute at most.
/// --machine says in words what it ran on; --figure FILE draws the rungs under these limits.
std::string measure(const ProgramFlags& flags);

}  // namespace tokenwalk
