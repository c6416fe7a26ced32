#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/base/error.h"

namespace tokenwalk {

// What the chapters' programs do with their command lines. (tokenwalk itself, with its subcommands,
// uses a library.)

/// A flag that a program takes: `--threads N`, or `--measure` alone.
struct Flag {
  std::string name;     ///< with its dashes
  std::string value;    ///< what stands for its value in a list: "N"; empty: it takes none
  std::string meaning;  ///< one line
};

/// A command line that the program does not take. The program ends with code 2.
class UsageError : public Error {
 public:
  explicit UsageError(ErrorParts parts) : Error(ErrorCode::kBadValue, std::move(parts)) {}
};

/// What a program was told on its command line.
struct ProgramFlags {
  std::map<std::string, std::string> given;  ///< by name; "" for a flag that takes no value

  bool has(const std::string& name) const { return given.count(name) > 0; }

  /// The flag's value, or `otherwise` if it was not given.
  std::string text(const std::string& name, const std::string& otherwise) const;

  /// The flag's value as a whole number of 1 to `most`, or `otherwise` if it was not given.
  /// Throws UsageError for anything else.
  int number(const std::string& name, int otherwise, int most) const;
};

/// Reads argv[1] .. argv[argc - 1] by the list of flags that the program takes; every program takes
/// --help. Throws UsageError for any other word, a flag given twice, a flag without its value.
ProgramFlags read_flags(const std::vector<Flag>& takes, int argc, const char* const* argv);

/// The flags as --help prints them, a line each.
std::string format_flags(const std::vector<Flag>& takes);

/// What the main of a chapter does: reads the flags, runs the chapter, and reports an exception on
/// stderr, also that the output could not be written. Returns the program's exit code: 0, 1 for an error, 2 for a UsageError.
int run_chapter(int argc, char** argv, const std::vector<Flag>& takes,
                void (*run)(const ProgramFlags&));

}  // namespace tokenwalk
