#pragma once

#include <string>
#include <vector>

#include "chapters/11_chat/chat_format.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {

/// The messages of a request or of a file: [{role, content, tool_calls?}]. A message that calls
/// tools may have no content. A call is {name, arguments} or {"function": {name, arguments}}.
/// Throws Error(kBadRequest) for a wrong type, an unknown or a missing key.
std::vector<Message> read_messages(const Json& messages);

/// JSON as Python's json.dumps writes it, which templates use: {"a": 1, "b": [true, null]}.
std::string python_json(const Json& value);

}  // namespace tokenwalk
