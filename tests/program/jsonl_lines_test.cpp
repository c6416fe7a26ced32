// Lines that are no requests: not JSON, not UTF-8, too deep.

#include <gtest/gtest.h>

#include <string>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

TEST(JsonlLines, ALineThatIsNotJson) {
  for (const char* line : {"x",
                           "{",
                           "}",
                           "{\"op\"",
                           "{\"op\": \"info\"",
                           "[1, 2",
                           "\"open",
                           "{'op': 'info'}",
                           "{\"op\": \"info\",}",
                           "nul",
                           "NaN",
                           "{\"op\": \"softmax\", \"logits\": [NaN]}",
                           "{} {}",
                           "{\"op\":\"info\"} x",
                           "\\",
                           "\x01",
                           "{\"a\\",
                           "{\"op\": \"\\ud800\"}",
                           "// hello",
                           "+1",
                           "01"}) {
    EXPECT_EQ(error_code_of_line(std::string(line)), "bad_json") << line;
  }
}

TEST(JsonlLines, AByteZeroEndsNothing) {
  EXPECT_EQ(error_code_of_line(std::string(R"({"op": "info"})") + std::string("\0garbage", 8)),
            "bad_json");
  EXPECT_EQ(error_code_of_line(std::string(R"({"op": "info"})") + std::string("\0", 1)),
            "bad_json");
}

TEST(JsonlLines, NestingIsLimitedOutsideStrings) {
  const auto nested = [](int n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_EQ(error_code_of_line("{\"op\": \"info\", \"x\": " + nested(63) + "}"), "bad_request");
  EXPECT_EQ(error_code_of_line("{\"op\": \"info\", \"x\": " + nested(64) + "}"), "bad_json");
  EXPECT_EQ(error_code_of_line(nested(1000000)), "bad_json");
  EXPECT_TRUE(answer({{"op", "encode"}, {"text", "\"" + std::string(200, '{')}}).contains("ids"));
}

// A list of objects, for which a parser with a callback takes a minute.
TEST(JsonlLines, LongListsOfObjectsAreReadInLinearTime) {
  std::string line = "{\"op\": \"chat\", \"messages\": [{}";
  for (int i = 1; i < 400000; ++i) line += ", {}";
  const Outcome outcome = run_tokenwalk({"jsonl"}, line + "]}\n");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.out.find("bad_request"), std::string::npos);
  EXPECT_LT(outcome.seconds, 15);
}

TEST(JsonlLines, ALineThatIsNotUtf8) {
  for (const char* bad : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xE6\x98", "\xF5\x80\x80\x80"}) {
    EXPECT_EQ(error_code_of_line("{\"op\": \"encode\", \"text\": \"" + std::string(bad) + "\"}"),
              "bad_json");
    EXPECT_EQ(error_code_of_line(std::string(bad)), "bad_json");
  }
}

TEST(JsonlLines, JsonThatIsNoRequest) {
  for (const char* line : {"[]", "null", "true", "3", "\"info\"", "{}", "[{\"op\": \"info\"}]",
                           "{\"op\": 5}", "{\"op\": null}", "{\"op\": [\"info\"]}",
                           "{\"Op\": \"info\"}", "{\"op\": \"Info\"}", "{\"op\": \"info \"}"}) {
    EXPECT_EQ(error_code_of_line(std::string(line)), "bad_request") << line;
  }
}

TEST(JsonlLines, NestingIsBounded) {
  for (const std::size_t depth : {65, 1000, 100000}) {
    const std::string open(depth, '['), close(depth, ']');
    EXPECT_EQ(error_code_of_line("{\"op\": \"softmax\", \"logits\": " + open + close + "}"),
              "bad_json");
    EXPECT_EQ(error_code_of_line(open), "bad_json");
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i) objects += "{\"a\":";
    EXPECT_EQ(error_code_of_line(objects), "bad_json");
  }
}

TEST(JsonlLines, ANumberTooLargeForADouble) {
  EXPECT_EQ(error_code_of_line(R"({"op": "softmax", "logits": [1e999]})"), "bad_value");
}

}  // namespace
}  // namespace tokenwalk
