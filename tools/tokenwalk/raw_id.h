#pragma once

#include <string>
#include <string_view>

namespace tokenwalk {

/// The value of the key "id" of a JSON object, as it is written; of several the last. A number
/// keeps all its digits, however many. Empty if there is none, if it is not JSON by itself, or if
/// `line` is no object. Numbers beyond a double are not JSON by themselves, other keys may hold
/// them.
std::string raw_id(std::string_view line);

}  // namespace tokenwalk
