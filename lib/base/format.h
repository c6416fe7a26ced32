#pragma once

#include <string>

namespace tokenwalk {

/// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...);

}  // namespace tokenwalk
