// What ends the output of the command generate.

#include <gtest/gtest.h>

#include <string>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

Outcome run_greedily(Arguments flags) {
  flags.insert(flags.begin(), {"generate", "--no-check", "--prompt", "The little cat sat on the",
                               "--temperature", "0", "--max-new-tokens", "12"});
  return run_tokenwalk(flags);
}

std::string finish_told(const Outcome& outcome) {
  const std::size_t at = outcome.err.find("finish ");
  return at == std::string::npos ? outcome.err
                                 : outcome.err.substr(at + 7, outcome.err.find('\n', at) - at - 7);
}

TEST(CliStop, StopStringsMayBeGivenSeveralTimes) {
  const Outcome whole = run_greedily({});
  ASSERT_EQ(finish_told(whole), "length");
  const std::size_t around = whole.out.find(" around");
  ASSERT_NE(around, std::string::npos) << whole.out;
  const Outcome stopped = run_greedily({"--stop", "no such text", "--stop", "around"});
  EXPECT_EQ(stopped.out, whole.out.substr(0, around + 1) + "\n");
  EXPECT_EQ(finish_told(stopped), "stop_string");
  const Outcome json = run_greedily({"--json", "--stop", "around"});
  const Json sample = Json::parse(json.out)["samples"][0];
  EXPECT_EQ(sample["text"], " mat and looked ");
  EXPECT_EQ(sample["finish"], "stop_string");
  const Outcome bars = run_greedily({"--show-probabilities", "--stop", "around"});
  EXPECT_EQ(bars.out.substr(bars.out.find("The little")), stopped.out);
  EXPECT_EQ(run_greedily({"--stop", ""}).exit_code, 2);
  EXPECT_EQ(run_greedily({"--stop", "\xFF"}).exit_code, 2);
}

TEST(CliStop, StopIdsAndOtherEndsOfText) {
  const Json ids = Json::parse(run_greedily({"--json"}).out)["samples"][0]["ids"];
  const std::string third = ids[2].dump();
  EXPECT_EQ(finish_told(run_greedily({"--stop-ids", third})), "stop_token");
  EXPECT_EQ(finish_told(run_greedily({"--eos-token-id", third})), "eos");
  EXPECT_EQ(run_greedily({"--eos_token_id", third}).out, run_greedily({"--stop-ids", third}).out);
  EXPECT_EQ(run_greedily({"--eos-token-id", "9999999"}).exit_code, 2);
  EXPECT_EQ(run_greedily({"--stop-ids", "9999999"}).exit_code, 2);
}

// Thousands of texts, of which Ctrl-C leaves a few.
TEST(CliStop, CtrlCEndsTheOutputAndNotTheProgram) {
  RunningProgram program({"generate", "--no-check", "--prompt", "Once", "--num-samples", "100000"});
  EXPECT_EQ(program.hear().substr(0, 4), "Once");
  program.interrupt();
  for (int i = 0; i < 10000; ++i) program.hear();  // what was under way
  EXPECT_EQ(program.finish(), 0);
}

// A pipe that holds a page: whoever does not read it keeps the program in the middle of the prompt.
TEST(CliStop, CtrlCEndsTheReadingOfAPromptBehindAChunk) {
  std::string ids = "5";
  for (int i = 1; i < 900; ++i) ids += ",5";
  RunningProgram program(
      {"generate", "--no-check", "--show-cache", "--prefill-chunk", "1", "--prompt-tokens", ids});
  EXPECT_NE(program.hear().find("1 tokens of the prompt"), std::string::npos);
  program.interrupt();
  int n_lines = 1;
  for (std::string line = program.hear(); line.find("tokens of the prompt") != std::string::npos;
       line = program.hear()) {
    ++n_lines;
  }
  EXPECT_LT(n_lines, 900);
  while (!program.hear().empty()) {
  }
  EXPECT_EQ(program.finish(), 0);
}

}  // namespace
}  // namespace tokenwalk
