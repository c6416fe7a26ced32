#pragma once

#include <span>
#include <string>

#include "chapters/04_transformer/book_model.h"

namespace tokenwalk {

/// The chapter's times on this machine as Markdown: naive against cached over the number of new
/// tokens, the share of a decode step that appending to the cache takes, and the rates of prefill
/// and decode. `machine` says in words what it ran on. Takes a minute.
std::string measure(BookModel& book, std::span<const int> prompt, const std::string& machine);

}  // namespace tokenwalk
