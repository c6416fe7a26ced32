#pragma once

#include <cstddef>
#include <span>

#include "chapters/07_sessions/session.h"

namespace tokenwalk {

// Ways to go on that are known to be wrong, kept for the page and the tests.

/// Passes the last token of the text once more before going on. That token is pending and would
/// have been fed anyway, so it is in the text twice.
/// From: Text Generation Semantics (docs/sources.md), whose cache is said to hold all tokens and is
/// one short.
Generated continue_with_last_token(Session& session, const GenerateOptions& options);

/// Takes for granted that `ids` begins with the text the session holds, and feeds the rest.
/// From: Text Generation Semantics (docs/sources.md), where "only the last token is used" and
/// nothing compares the others.
std::size_t sync_trusting(Session& session, std::span<const int> ids);

}  // namespace tokenwalk
