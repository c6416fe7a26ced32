// The command chat, scripted through a pipe.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

Outcome talk(const std::string& lines, Arguments flags = {}) {
  flags.insert(flags.begin(), {"chat", "--temperature", "0"});
  return run_tokenwalk(flags, lines);
}

// What standard error tells after each answer: "fed 13 new of 13 tokens", a line each.
std::string fed_lines(const Outcome& outcome) {
  std::string lines;
  for (std::size_t at = outcome.err.find("  fed "); at != std::string::npos;
       at = outcome.err.find("  fed ", at + 1)) {
    lines += outcome.err.substr(at + 2, outcome.err.find(',', at) - at - 2) + "\n";
  }
  return lines;
}

TEST(CliChat, FiveTurnsWithUndoFeedOnlyWhatIsNew) {
  const Outcome outcome = talk(
      "1+1是多少？\n天空是什么颜色？\nWhat is the capital of France?\n/undo\n"
      "What is the capital of Italy?\n1+1是多少？\n/exit\nnever read\n");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(
      outcome.out,
      "2\n天空是蓝色的。\nThe capital of France is Paris.\nThe capital of Italy is Rome.\n2\n");
  EXPECT_EQ(fed_lines(outcome),
            "fed 13 new of 13 tokens\nfed 15 new of 29 tokens\nfed 17 new of 52 tokens\n"
            "fed 7 new of 52 tokens\nfed 15 new of 74 tokens\n");
}

TEST(CliChat, ASavedConversationGoesOn) {
  const std::string path =
      (std::filesystem::temp_directory_path() / "tokenwalk_cli_chat_test.json").string();
  const Outcome first = talk("What is the capital of France?\n/save " + path + "\n");
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const Outcome second = talk("/load " + path + "\n/retry\n1+1是多少？\n");
  EXPECT_EQ(second.out, first.out + "2\n");
  std::ofstream(path) << "{\"messages\": [3]}";
  const Outcome bad = talk("/load " + path + "\n1+1是多少？\n");
  std::filesystem::remove(path);
  EXPECT_EQ(bad.out, "2\n");
  EXPECT_NE(bad.err.find("a message is not an object"), std::string::npos) << bad.err;
}

TEST(CliChat, MistakesAreToldAndTheTalkGoesOn) {
  const Outcome outcome = talk(
      "/bogus\n/undo now\n/save\n/retry\n/load /no/such/file\n\xFF\n\n"
      "/stats\n/help\n1+1是\\\n多少？\n");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("unknown command"), std::string::npos);
  EXPECT_NE(outcome.err.find("nothing to answer"), std::string::npos);
  EXPECT_NE(outcome.err.find("not UTF-8"), std::string::npos);
  EXPECT_NE(outcome.err.find("0 messages, 0 tokens"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("another answer"), std::string::npos);
  EXPECT_NE(outcome.out, "") << "a question of two lines";
}

TEST(CliChat, FormatsAndTheSystem) {
  const Outcome system = talk("/stats\n", {"--system", "You are brief."});
  EXPECT_NE(system.err.find("1 messages"), std::string::npos) << system.err;
  EXPECT_EQ(talk("", {"--chat-format", "gpt"}).exit_code, 2);
  EXPECT_EQ(talk("1+1是多少？\n", {"--chat-format", "qwen3"}).out, "2\n");
  EXPECT_EQ(talk("", {"--chat-format", "llama3"}).exit_code, 0);
}

TEST(CliChat, TooMuchForTheContextIsTakenBack) {
  std::string much;
  for (int i = 0; i < 700; ++i) much += "word 7 ";
  const Outcome outcome = talk(much + "\n1+1是多少？\n");
  EXPECT_EQ(outcome.out, "2\n");
  EXPECT_NE(outcome.err.find("does not fit"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace tokenwalk
