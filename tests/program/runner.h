#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokenwalk {

/// How a run of the program ended and what it wrote.
struct Outcome {
  int exit_code = -1;  ///< -1 where a signal ended it
  int signal = 0;      ///< 0: it ended by itself; SIGKILL also after a minute without end
  std::string out;     ///< standard output
  std::string err;     ///< standard error
  double seconds = 0;  ///< of processor time, which other programs do not lengthen
};

/// Environment variables that differ from the test's own.
using Environment = std::vector<std::pair<std::string, std::string>>;

/// What the program may use, as the shell's ulimit has it; 0: no limit.
struct Limits {
  std::uint64_t address_space = 0;  ///< bytes (ulimit -v); a sanitizer maps terabytes: not with one
  std::uint64_t file_size = 0;      ///< bytes a file that it writes may have (ulimit -f)
};

/// Runs build/tokenwalk with these arguments, each passed on as it is (no shell), and `input` on
/// standard input.
Outcome run_tokenwalk(const std::vector<std::string>& arguments, std::string_view input = "",
                      const Environment& environment = {}, const Limits& limits = {});

/// The standard output of a run that must succeed.
std::string run_well(const std::vector<std::string>& arguments);

/// True unless a signal, a sanitizer or the time limit ended the run.
bool ended_by_itself(const Outcome& outcome);

/// All bytes of a file; none if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// The program running beside the test: one line in, one line out, while it goes on.
class RunningProgram {
 public:
  explicit RunningProgram(const std::vector<std::string>& arguments);
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  void say(std::string_view line);

  /// The next line, or nothing if none comes within ten seconds.
  std::string hear();

  /// Sends what Ctrl-C sends.
  void interrupt() const;

  /// Closes the program's input and waits for its end; returns the exit code.
  int finish();

 private:
  int process_ = -1;
  int to_program_ = -1;
  int from_program_ = -1;
};

}  // namespace tokenwalk
