#pragma once

#include <filesystem>
#include <vector>

#include "chapters/11_chat/chat_format.h"

namespace tokenwalk {

// Conversations as files: {"messages": [{"role": ..., "content": ...}, ...]}, as in the protocol.

/// Written beside `path` and renamed. Throws Error(kBadFile) if it cannot be written.
void save_messages(const std::vector<Message>& messages, const std::filesystem::path& path);

/// Throws Error(kBadFile) for a file that is none.
std::vector<Message> load_messages(const std::filesystem::path& path);

}  // namespace tokenwalk
