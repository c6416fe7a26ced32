#include "tests/program/runner.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

constexpr auto kTimeLimit = std::chrono::seconds(60);

// A folder for one run's files, removed at its end.
class RunFolder {
 public:
  RunFolder() {
    std::string pattern = (fs::temp_directory_path() / "tokenwalk-run-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    path_ = pattern;
  }
  ~RunFolder() {
    std::error_code no_matter;
    fs::remove_all(path_, no_matter);
  }
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

void limit(int resource, std::uint64_t bytes) {
  const rlimit value = {bytes, bytes};
  if (bytes != 0) setrlimit(resource, &value);
}

// In the child: becomes the program. Only calls that are safe after fork.
[[noreturn]] void become_program(std::vector<char*>& arguments, int in, int out, int err,
                                 const Limits& limits = {}) {
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_IGN);  // a file that is too large is an error of write(), like a full disk
  limit(RLIMIT_AS, limits.address_space);
  limit(RLIMIT_FSIZE, limits.file_size);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  if (err >= 0) dup2(err, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

std::vector<char*> argument_pointers(std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> command_line(const std::vector<std::string>& arguments) {
  std::vector<std::string> line = {TOKENWALK_PROGRAM};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return line;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// Waits for the end; kills the process when the time is up. `usage`: what it used.
int wait_for(pid_t process, rusage* usage = nullptr) {
  const auto end = std::chrono::steady_clock::now() + kTimeLimit;
  int status = 0;
  while (wait4(process, &status, WNOHANG, usage) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      kill(process, SIGKILL);
      waitpid(process, &status, 0);
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return status;
}

// Sets variables for the time of a fork.
class ChangedEnvironment {
 public:
  explicit ChangedEnvironment(const Environment& changes) {
    for (const auto& [name, value] : changes) {
      const char* before = std::getenv(name.c_str());
      before_.emplace_back(name, before == nullptr ? "" : before);
      setenv(name.c_str(), value.c_str(), 1);
    }
  }
  ~ChangedEnvironment() {
    for (const auto& [name, value] : before_) {
      value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
    }
  }

 private:
  Environment before_;
};

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Outcome run_tokenwalk(const std::vector<std::string>& arguments, std::string_view input,
                      const Environment& environment, const Limits& limits) {
  const RunFolder folder;
  std::ofstream(folder.file("in"), std::ios::binary) << input;
  std::vector<std::string> line = command_line(arguments);
  std::vector<char*> pointers = argument_pointers(line);
  const int in = open(folder.file("in").c_str(), O_RDONLY | O_CLOEXEC);
  const int out = open(folder.file("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int err = open(folder.file("err").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  pid_t process = -1;
  {
    const ChangedEnvironment changed(environment);
    process = fork();
    if (process == 0) become_program(pointers, in, out, err, limits);
  }
  for (const int descriptor : {in, out, err}) close(descriptor);
  if (process < 0) throw std::runtime_error("cannot fork");

  rusage usage = {};
  const int status = wait_for(process, &usage);
  Outcome outcome;
  outcome.seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  outcome.out = read_file(folder.file("out"));
  outcome.err = read_file(folder.file("err"));
  return outcome;
}

std::string run_well(const std::vector<std::string>& arguments) {
  const Outcome outcome = run_tokenwalk(arguments);
  EXPECT_TRUE(ended_by_itself(outcome)) << outcome.err;
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome.out;
}

bool ended_by_itself(const Outcome& outcome) {
  return outcome.signal == 0 && outcome.err.find("Sanitizer") == std::string::npos &&
         outcome.err.find("runtime error:") == std::string::npos;
}

// ---- a program that runs beside the test -------------------------------------------------------

RunningProgram::RunningProgram(const std::vector<std::string>& arguments) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
    throw std::runtime_error("cannot make pipes");
  }
  fcntl(out[1], F_SETPIPE_SZ, 4096);  // a program that nobody hears soon waits
  signal(SIGPIPE, SIG_IGN);           // a program that is gone shows in what write() returns
  std::vector<std::string> line = command_line(arguments);
  std::vector<char*> pointers = argument_pointers(line);
  process_ = fork();
  if (process_ == 0) become_program(pointers, in[0], out[1], -1);
  close(in[0]);
  close(out[1]);
  to_program_ = in[1];
  from_program_ = out[0];
}

RunningProgram::~RunningProgram() {
  if (process_ > 0) finish();
}

void RunningProgram::say(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  ASSERT_EQ(write(to_program_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

std::string RunningProgram::hear() {
  std::string line;
  pollfd ready = {from_program_, POLLIN, 0};
  char byte = 0;
  while (poll(&ready, 1, 10000) == 1 && read(from_program_, &byte, 1) == 1) {
    if (byte == '\n') break;
    line += byte;
  }
  return line;
}

void RunningProgram::interrupt() const {
  kill(process_, SIGINT);
}

int RunningProgram::finish() {
  close(to_program_);
  const int status = wait_for(process_);
  close(from_program_);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace tokenwalk
