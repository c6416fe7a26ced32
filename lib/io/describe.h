#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/error.h"

namespace tokenwalk {

/// `text` made safe to print whatever a file held: control characters and bytes that are not UTF-8
/// become `\xNN`. The result is UTF-8.
std::string printable(std::string_view text);

/// `text` between double quotes: printable, at most about `limit` bytes of it, then "...".
std::string quote(std::string_view text, std::size_t limit = 80);

/// A shape as people write it: "[49152, 576]", "[]" for a single number.
std::string shape_text(std::span<const std::size_t> shape);

/// The one of `names` that `wanted` was most likely meant to be (fewest letters to insert, delete
/// or replace, at most a third of them); empty if none is near. Ties go to the first.
std::string nearest_name(std::string_view wanted, const std::vector<std::string_view>& names);

/// Throws Error(kBadFile). `message` names the file and what is wrong with it.
[[noreturn]] void throw_bad_file(std::string message, std::string found, std::string expected,
                                 std::string hint = "");

}  // namespace tokenwalk
