#pragma once

#include <string>

namespace tokenwalk {

/// All bytes of a file, or of standard input where `path` is "-". Throws Error(kBadFile) for what
/// cannot be read and for bytes that are not UTF-8.
std::string read_input(const std::string& path);

/// The same without the end of the last line, which an editor or a shell puts there.
std::string read_lines(const std::string& path);

}  // namespace tokenwalk
