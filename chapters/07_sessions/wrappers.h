#pragma once

#include <span>
#include <vector>

#include "chapters/07_sessions/session.h"

namespace tokenwalk {

// Two ways to generate that people know from elsewhere, each a line or two on a session.

/// Whole text in, whole text out: `ids` is everything said so far, what comes back is `ids` and the
/// new ids. So do Hugging Face's generate and three of the documents of docs/sources.md. What the
/// session already holds of `ids` is found by comparing, not by trusting the caller, and is not
/// evaluated again.
std::vector<int> generate_full(Session& session, std::span<const int> ids,
                               const GenerateOptions& options);

/// New ids in, new ids out. The ids that the session holds are not repeated.
std::vector<int> generate_new(Session& session, std::span<const int> new_ids,
                              const GenerateOptions& options);

}  // namespace tokenwalk
