#pragma once

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
};

/// Environment variables that differ from the test's own.
using Environment = std::vector<std::pair<std::string, std::string>>;

/// Runs a program of build/ (such as "chapters/01_tokenizer") with these arguments, each passed on
/// as it is (no shell), and `input` on standard input. out: the file that standard output goes to
/// instead of into the outcome.
Outcome run_program(const std::string& program, const std::vector<std::string>& arguments,
                    std::string_view input = "", const Environment& environment = {},
                    const std::string& out = "");

/// Runs build/tokenwalk.
Outcome run_tokenwalk(const std::vector<std::string>& arguments, std::string_view input = "",
                      const Environment& environment = {});

/// True unless a signal, a sanitizer or the time limit ended the run.
bool ended_by_itself(const Outcome& outcome);

/// The program running beside the test: one line in, one line out, while it goes on.
class Conversation {
 public:
  explicit Conversation(const std::vector<std::string>& arguments);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void say(std::string_view line);

  /// The next line, or nothing if none comes within ten seconds.
  std::string hear();

  /// Closes the program's input and waits for its end; returns the exit code.
  int finish();

 private:
  int process_ = -1;
  int to_program_ = -1;
  int from_program_ = -1;
};

}  // namespace tokenwalk
