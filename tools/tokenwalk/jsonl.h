#pragma once

#include <iosfwd>

#include "tools/tokenwalk/engine.h"

namespace tokenwalk {

/// The program's protocol: reads one JSON request a line from `in` and writes one JSON reply a line
/// to `out`, in the same order, each flushed at once. A bad line gets an error reply and the next
/// line is served as usual; blank lines are skipped. Returns at the end of `in`.
/// Keys and replies: docs/jsonl.md.
void serve_jsonl(Engine& engine, std::istream& in, std::ostream& out);

}  // namespace tokenwalk
