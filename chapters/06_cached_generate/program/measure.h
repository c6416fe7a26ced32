#pragma once

#include <string>

#include "lib/base/program_flags.h"

namespace tokenwalk {

/// The chapter's times on this machine as Markdown: naive against cached over the number of new
/// tokens, the share of a decode step that appending to the cache takes, and the rates of prefill
/// and decode. --machine says in words what it ran on. With a model of more than ten million
/// parameters, what would take minutes is left out.
std::string measure(const ProgramFlags& flags);

}  // namespace tokenwalk
