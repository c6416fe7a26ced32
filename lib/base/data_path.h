#pragma once

#include <filesystem>
#include <string>

namespace tokenwalk {

/// Where the bundled data lies, for example data_path("tiny"): under $TOKENWALK_DATA if that is
/// set and not empty, else beside the running program (../data, ../../data, ../share/tokenwalk). No
/// path is compiled in. Throws Error(kBadFile) that lists the places looked at.
std::filesystem::path data_path(const std::string& name);

}  // namespace tokenwalk
