// Output that cannot be written is a failure that is told.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

// Always full, and nothing that could be damaged.
const char* const kFull = "/dev/full";

void expect_told(const std::string& program, const std::vector<std::string>& arguments,
                 const std::string& input = "") {
  const Outcome outcome = run_program(program, arguments, input, {}, kFull);
  EXPECT_TRUE(ended_by_itself(outcome)) << outcome.err;
  EXPECT_EQ(outcome.exit_code, 1) << program << " " << arguments.size() << "\n" << outcome.err;
  for (const char* part : {"could not be written\n  found:    ", "\n  expected: ", "\n  hint: "}) {
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " is not in " << outcome.err;
  }
}

TEST(CliOutput, ThatIsLostIsTold) {
  expect_told("tokenwalk", {"generate", "--max-new-tokens", "2", "--no-check"});
  expect_told("tokenwalk", {"generate", "--max-new-tokens", "2", "--no-check", "--json"});
  expect_told("tokenwalk", {"tokenize", "a text"});
  expect_told("tokenwalk", {"detokenize", "5"});
  expect_told("tokenwalk", {"info"});
  expect_told("tokenwalk", {"--help"});
  expect_told("tokenwalk", {"jsonl"}, "{\"op\": \"info\"}\n");
}

TEST(CliOutput, OfAChapterThatIsLostIsTold) {
  for (const char* chapter : {"01_tokenizer", "02_softmax_temperature", "03_nucleus_sampling",
                              "04_transformer", "05_naive_generate", "06_cached_generate"}) {
    expect_told(std::string("chapters/") + chapter, {});
  }
}

}  // namespace
}  // namespace tokenwalk
