// `tokenwalk bench`: what it measures, not how fast that is.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

TEST(CliBench, MeasuresEachPrecisionAndNumberOfRows) {
  const Outcome outcome =
      run_tokenwalk({"bench", "--prefill", "8", "--decode", "2", "--rounds", "1", "--precision",
                     "f32,q8_0", "--rows", "1,2", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json report = Json::parse(outcome.out);
  EXPECT_GT(report["peaks"][0]["read_bytes_per_second"], 0);
  EXPECT_GT(report["peaks"][0]["f32_operations_per_second"], 0);
  std::set<std::string> works;
  for (const Json& result : report["results"]) {
    EXPECT_GT(result["tokens_per_second"], 0);
    EXPECT_GT(result["compute_share"], 0);
    works.insert(result["precision"].get<std::string>() + " " + result["kind"].get<std::string>() +
                 " " + result["rows"].dump());
  }
  EXPECT_EQ(works, (std::set<std::string>{"f32 prefill 1", "f32 decode 1", "f32 decode 2",
                                          "q8_0 prefill 1", "q8_0 decode 1", "q8_0 decode 2"}));
}

TEST(CliBench, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(run_tokenwalk({"bench", "--shape", "gpt-5"}).exit_code, 2);
  EXPECT_EQ(run_tokenwalk({"bench", "--precision", "f64"}).exit_code, 2);
  EXPECT_EQ(run_tokenwalk({"bench", "--rounds", "0"}).exit_code, 2);
}

}  // namespace
}  // namespace tokenwalk
