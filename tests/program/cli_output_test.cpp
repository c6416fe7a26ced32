// Output that cannot be written is a failure that is told; output that nobody reads is none.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace tokenwalk {
namespace {

// What a command of the shell, run in build/, says on standard error, and its exit code.
struct Told {
  std::string err;
  int exit_code = -1;
};

Told run_shell(const std::string& command) {
  const std::string folder = std::filesystem::path(TOKENWALK_PROGRAM).parent_path().string();
  FILE* const pipe = popen(("cd '" + folder + "' && " + command).c_str(), "r");
  Told told;
  std::array<char, 256> part = {};
  while (fgets(part.data(), part.size(), pipe) != nullptr) told.err += part.data();
  const int status = pclose(pipe);
  if (WIFEXITED(status)) told.exit_code = WEXITSTATUS(status);
  return told;
}

// Standard output goes to /dev/full, which is always full and cannot be damaged.
void expect_told(const std::string& command) {
  const Told told = run_shell(command + " 2>&1 >/dev/full");
  EXPECT_EQ(told.exit_code, 1) << command << "\n" << told.err;
  for (const char* part : {"could not be written\n  found:    ", "\n  expected: ", "\n  hint: "}) {
    EXPECT_NE(told.err.find(part), std::string::npos)
        << command << ": " << part << " is not in " << told.err;
  }
}

TEST(CliOutput, ThatIsLostIsTold) {
  for (const char* command :
       {"./tokenwalk generate --max-new-tokens 2 --no-check",
        "./tokenwalk generate --max-new-tokens 2 --json", "./tokenwalk tokenize word",
        "./tokenwalk detokenize 5", "./tokenwalk score word", "./tokenwalk info",
        "./tokenwalk --help", "echo '{}' | ./tokenwalk jsonl"}) {
    expect_told(command);
  }
}

TEST(CliOutput, ThatNobodyReadsEndsQuietly) {
  for (const char* command : {"./tokenwalk generate --help", "./chapters/06_cached_generate"}) {
    EXPECT_EQ(run_shell(std::string("{ ") + command + " | head -c 1 >/dev/null; } 2>&1").err, "");
  }
}

TEST(CliOutput, OfAChapterThatIsLostIsTold) {
  for (const char* chapter :
       {"01_tokenizer", "02_softmax_temperature", "03_nucleus_sampling", "04_transformer",
        "05_naive_generate", "06_cached_generate", "07_sessions", "08_stopping_and_streaming",
        "09_ragged_batch", "10_scoring"}) {
    expect_told(std::string("./chapters/") + chapter);
  }
}

}  // namespace
}  // namespace tokenwalk
