#include "lib/base/program_flags.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tokenwalk {
namespace {

const std::vector<Flag> kTakes = {{"--threads", "N", "how many"}, {"--measure", "", "with times"}};

ProgramFlags read(std::vector<const char*> words, const std::vector<Flag>& takes = kTakes) {
  words.insert(words.begin(), "program");
  return read_flags(takes, static_cast<int>(words.size()), words.data());
}

// What a command line is refused with.
ErrorParts complaint(const std::vector<const char*>& words,
                     const std::vector<Flag>& takes = kTakes) {
  try {
    read(words, takes).number("--threads", 1, 8);
  } catch (const UsageError& error) {
    return error.parts();
  }
  ADD_FAILURE() << "the command line was accepted";
  return {};
}

TEST(ProgramFlags, NothingGivenLeavesTheDefaults) {
  const ProgramFlags flags = read({});
  EXPECT_FALSE(flags.has("--measure"));
  EXPECT_EQ(flags.number("--threads", 5, 8), 5);
  EXPECT_EQ(flags.text("--kernels", "auto"), "auto");
}

TEST(ProgramFlags, ReadsValuesAndFlagsWithout) {
  const ProgramFlags flags = read({"--measure", "--threads", "8"});
  EXPECT_TRUE(flags.has("--measure"));
  EXPECT_EQ(flags.number("--threads", 5, 8), 8);
  EXPECT_EQ(flags.text("--threads", ""), "8");
}

TEST(ProgramFlags, UnknownWordsAreRefusedWithTheListOfFlags) {
  EXPECT_EQ(complaint({"--mesure"}).found, "--mesure");
  EXPECT_EQ(complaint({"--mesure"}).expected, "--threads N, --measure, --help");
  EXPECT_EQ(complaint({"8"}).message, "unknown flag");
  EXPECT_EQ(complaint({"--threads"}, {}).expected, "--help");
}

TEST(ProgramFlags, AFlagWithoutItsValueSaysSo) {
  EXPECT_EQ(complaint({"--threads"}).message, "a flag has no value");
  EXPECT_EQ(complaint({"--threads", "--measure"}).expected, "--threads N");
}

TEST(ProgramFlags, AFlagGivenTwiceIsRefused) {
  EXPECT_EQ(complaint({"--threads", "1", "--threads", "2"}).message, "a flag is given twice");
}

TEST(ProgramFlags, NumbersAreWholeAndInRange) {
  for (const char* text : {"0", "-1", "9", "2x", " 2", "", "1.5", "99999999999"}) {
    EXPECT_EQ(complaint({"--threads", text}).found, text);
  }
  EXPECT_EQ(complaint({"--threads", "0"}).expected, "a whole number from 1 to 8");
}

TEST(ProgramFlags, HelpListsEveryFlag) {
  EXPECT_TRUE(read({"--help"}, {}).has("--help"));
  EXPECT_EQ(format_flags(kTakes),
            "  --threads N  how many\n  --measure    with times\n  --help       print this list\n");
}

// The exit code of a chapter whose `run` is given, and what it writes to stderr.
std::pair<int, std::string> ends_with(std::vector<std::string> words,
                                      void (*run)(const ProgramFlags&)) {
  words.insert(words.begin(), "program");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  testing::internal::CaptureStderr();
  const int code = run_chapter(static_cast<int>(argv.size()), argv.data(), kTakes, run);
  return {code, testing::internal::GetCapturedStderr()};
}

TEST(RunChapter, ExitCodesTellUsageFromErrors) {
  const auto fine = [](const ProgramFlags&) {};
  const auto fails = [](const ProgramFlags&) { throw std::runtime_error("no model"); };
  EXPECT_EQ(ends_with({}, fine), std::make_pair(0, std::string()));
  EXPECT_EQ(ends_with({}, fails), std::make_pair(1, std::string("program: no model\n")));
  EXPECT_EQ(ends_with({"--other"}, fine).first, 2);
  EXPECT_EQ(ends_with({"--threads", "x"},
                      [](const ProgramFlags& flags) { flags.number("--threads", 1, 8); })
                .first,
            2);
}

}  // namespace
}  // namespace tokenwalk
