// The operation batch: every result is the reply of generate to the request alone.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/program/jsonl_client.h"
#include "tests/program/requests.h"

namespace tokenwalk {
namespace {

Json batch_of(const std::vector<Json>& requests) {
  return {{"op", "batch"}, {"requests", requests}};
}

// The reply of generate without what frames it.
Json alone(Json request) {
  request["op"] = "generate";
  Json reply = answer(request);
  reply.erase("ok");
  return reply;
}

void expect_each_as_alone(const std::vector<Json>& requests) {
  const Json reply = answer(batch_of(requests));
  ASSERT_EQ(reply["results"].size(), requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(reply["results"][i], alone(requests[i])) << requests[i];
  }
}

TEST(JsonlBatch, EachResultIsTheReplyOfGenerate) {
  expect_each_as_alone(
      {{{"prompt", "Once upon a time"}, {"seed", 3}},
       {{"ids", some_ids(200)}, {"max_new_tokens", 5}, {"prefill_chunk", 7}},
       {{"prompt", "从前有一只小猫"}, {"num_samples", 3}, {"temperature", 1.3}, {"top_p", 0.9}},
       {{"ids", some_ids(3)}, {"max_new_tokens", 0}},
       {{"ids", some_ids(2)}, {"max_new_tokens", 9}, {"cache", false}, {"num_samples", 2}},
       {{"ids", some_ids(context())}},
       {{"prompt", "One day"}, {"log_probs", 2}, {"num_samples", 2}, {"max_new_tokens", 6}},
       {{"messages", {{{"role", "user"}, {"content", "1+1是多少？"}}}}, {"max_new_tokens", 6}},
       {{"prompt", "One, two, three,"}, {"temperature", 0}, {"stop_ids", {300, 400}}}});
}

TEST(JsonlBatch, StopStringsEndTheirTextAlone) {
  expect_each_as_alone(
      {{{"prompt", "Once upon a time"}, {"seed", 1}, {"stop", {" was", "."}}, {"num_samples", 2}},
       {{"prompt", "Once upon a time"}, {"seed", 1}, {"ignore_eos", true}},
       {{"prompt", "One day"}, {"seed", 2}, {"stop", {"e"}}, {"log_probs", 1}}});
}

TEST(JsonlBatch, MoreSamplesThanGoTogether) {
  expect_each_as_alone(
      {{{"ids", some_ids(2)}, {"max_new_tokens", 3}, {"num_samples", 40}},
       {{"ids", some_ids(3)}, {"max_new_tokens", 2}, {"num_samples", 70}, {"log_probs", 1}},
       {{"ids", some_ids(4)}, {"max_new_tokens", 3}, {"num_samples", 40}}});
}

TEST(JsonlBatch, MayBeEmpty) {
  EXPECT_EQ(answer(batch_of({}))["results"], Json::array());
}

TEST(JsonlBatch, ABadRequestIsNamedAndNothingRuns) {
  const Json good = {{"ids", some_ids(3)}, {"max_new_tokens", 2}};
  const auto error_of = [&](const Json& bad) {
    const Json reply = ask_all({batch_of({good, bad})})[0];
    EXPECT_EQ(reply["ok"], false) << reply;
    EXPECT_NE(reply["error"]["message"].get<std::string>().find("request 1"), std::string::npos)
        << reply;
    return reply["error"]["code"].get<std::string>();
  };
  EXPECT_EQ(error_of({{"ids", {1}}, {"temperature", -1}}), "bad_value");
  EXPECT_EQ(error_of({{"ids", {vocab()}}}), "bad_value");
  EXPECT_EQ(error_of({{"ids", Json::array()}}), "bad_value");
  EXPECT_EQ(error_of({{"ids", some_ids(context() + 1)}}), "capacity");
  EXPECT_EQ(error_of({{"ids", {1}}, {"tempo", 1}}), "bad_request");
  EXPECT_EQ(error_of({{"ids", {1}}, {"stop", {""}}}), "bad_value");
  EXPECT_EQ(error_of(Json::object()), "bad_request");
  EXPECT_EQ(error_code({{"op", "batch"}}), "bad_request");
  EXPECT_EQ(error_code({{"op", "batch"}, {"requests", 3}}), "bad_request");
  EXPECT_EQ(error_code({{"op", "batch"}, {"requests", {good, 7}}}), "bad_request");
}

}  // namespace
}  // namespace tokenwalk
