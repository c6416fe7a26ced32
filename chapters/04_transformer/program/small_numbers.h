#pragma once

#include <string>

namespace tokenwalk {

/// The layers on numbers small enough to check with a pocket calculator, as the page shows them.
std::string small_numbers();

}  // namespace tokenwalk
