#pragma once

#include <string>

#include "lib/base/program_flags.h"

namespace tokenwalk {

/// The chapter's times on this machine as Markdown: texts together against one after another, how
/// long others wait while a long prompt comes in, and what a token costs by the length of its text.
/// --machine says in words what it ran on; --figure FILE draws the last table there.
std::string measure(const ProgramFlags& flags);

}  // namespace tokenwalk
