#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tokenwalk {

// Flags that take numbers. A text that is none, or one out of range, throws Error(kBadValue) that
// names the flag, the text, what the flag takes, and `help` as the hint.

/// A whole number from least to most.
CLI::Option* add_integer(CLI::App& command, const std::string& name, int& value, int least,
                         int most, const std::string& help);

/// A finite number from least to most.
CLI::Option* add_number(CLI::App& command, const std::string& name, double& value, double least,
                        double most, const std::string& help);

/// Ids between commas, or one in each of several arguments.
CLI::Option* add_ids(CLI::App& command, const std::string& name, std::vector<int>& ids,
                     const std::string& help);

/// The ids of a text, between commas or white space; brackets around them may stay.
std::vector<int> ids_of_text(const std::string& name, std::string text);

/// The arguments with the flags' names written with dashes: --top_p becomes --top-p. Values stay
/// as they are, and so does all that follows "--".
std::vector<std::string> with_dashes(CLI::App& program, std::vector<std::string> arguments);

}  // namespace tokenwalk
