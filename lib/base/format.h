#pragma once

#include <string>

namespace tokenwalk {

/// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...);

/// The shortest decimal digits that read back to the same value: 0.1, 1.0000001, 1e+300, nan.
std::string format_number(double value);

}  // namespace tokenwalk
