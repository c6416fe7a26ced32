// The operation score, log_probs of generate, and the command score, with the bundled model;
// nothing here knows its numbers.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/program/jsonl_client.h"
#include "tests/program/requests.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

Json score_of(const Json& ids, Json more = Json::object()) {
  more["op"] = "score";
  more["ids"] = ids;
  return answer(more);
}

// ln softmax of a row of logits, in double.
std::vector<double> log_softmax_of(const std::vector<float>& row) {
  double largest = row[0], sum = 0;
  for (const float logit : row) largest = std::max(largest, double{logit});
  for (const float logit : row) sum += std::exp(logit - largest);
  std::vector<double> log_probs;
  for (const float logit : row) log_probs.push_back(logit - largest - std::log(sum));
  return log_probs;
}

TEST(JsonlScore, IsTheLogSoftmaxOfTheLogits) {
  const Json ids = some_ids(12);
  const Json reply = score_of(ids, {{"top", 2}});
  const std::vector<float> rows =
      floats_of_base64(logits_of(ids, {{"rows", "all"}, {"full", true}})["base64"]);
  EXPECT_EQ(reply["ids"], ids);
  ASSERT_EQ(reply["log_probs"].size(), 12u);
  EXPECT_TRUE(reply["log_probs"][0].is_null());
  EXPECT_TRUE(reply["top"][0].is_null());
  const auto n = static_cast<std::size_t>(vocab());
  double sum = 0;
  for (std::size_t t = 1; t < 12; ++t) {
    const std::vector<double> expected =
        log_softmax_of({rows.begin() + (t - 1) * n, rows.begin() + t * n});
    const double got = reply["log_probs"][t];
    EXPECT_NEAR(got, expected[ids[t].get<std::size_t>()], 1e-12) << "id " << t;
    ASSERT_EQ(reply["top"][t].size(), 2u);
    const int best = reply["top"][t][0][0];
    EXPECT_EQ(static_cast<std::size_t>(best),
              std::max_element(expected.begin(), expected.end()) - expected.begin());
    EXPECT_GE(reply["top"][t][0][1].get<double>(), reply["top"][t][1][1].get<double>());
    sum -= got;
  }
  EXPECT_EQ(reply["predicted"], 11);
  EXPECT_NEAR(reply["mean_nll"].get<double>(), sum / 11, 1e-12);
  EXPECT_NEAR(reply["perplexity"].get<double>(), std::exp(sum / 11), 1e-9);
}

TEST(JsonlScore, TextIsScoredAsItsIds) {
  const std::string text = "Once upon a time there was 一只小猫。<|im_end|>";
  for (const bool specials : {true, false}) {
    const Json ids = answer({{"op", "encode"}, {"text", text}, {"specials", specials}})["ids"];
    EXPECT_EQ(answer({{"op", "score"}, {"text", text}, {"specials", specials}}), score_of(ids));
  }
}

TEST(JsonlScore, OneIdPredictsNothing) {
  const Json reply = score_of({5});
  EXPECT_EQ(reply["log_probs"], Json::array({nullptr}));
  EXPECT_EQ(reply["predicted"], 0);
  EXPECT_TRUE(reply["mean_nll"].is_null());
  EXPECT_TRUE(reply["perplexity"].is_null());
  EXPECT_FALSE(reply.contains("top"));
}

TEST(JsonlScore, LongTextsNeedAStride) {
  const Json ids = some_ids(context() + 1);
  EXPECT_EQ(error_code({{"op", "score"}, {"ids", ids}}), "capacity");
  EXPECT_EQ(score_of(some_ids(context()))["predicted"], context() - 1);
  const Json reply = score_of(ids, {{"stride", context() / 2}});
  EXPECT_EQ(reply["predicted"], context());
  EXPECT_EQ(score_of(some_ids(40), {{"stride", 3}, {"window", 20}})["predicted"], 39);
}

TEST(JsonlScore, BadRequestsAreTold) {
  EXPECT_EQ(error_code({{"op", "score"}}), "bad_request");
  EXPECT_EQ(error_code({{"op", "score"}, {"ids", {1}}, {"text", "a"}}), "bad_request");
  EXPECT_EQ(error_code({{"op", "score"}, {"ids", {1}}, {"steps", 1}}), "bad_request");
  EXPECT_EQ(error_code({{"op", "score"}, {"ids", Json::array()}}), "bad_value");
  EXPECT_EQ(error_code({{"op", "score"}, {"text", ""}}), "bad_value");
  EXPECT_EQ(error_code({{"op", "score"}, {"ids", {vocab()}}}), "bad_value");
  EXPECT_EQ(error_code({{"op", "score"}, {"ids", {1, 2}}, {"top", -1}}), "bad_value");
  EXPECT_EQ(error_code({{"op", "score"}, {"ids", {1, 2}}, {"window", 4}, {"stride", 4}}),
            "bad_value");
}

// ---- log_probs of generate ---------------------------------------------------------------------

Json generate_of(Json keys) {
  keys["op"] = "generate";
  return answer(keys);
}

TEST(JsonlLogProbs, OfNewTokensAreTheirScores) {
  const Json prompt = some_ids(5);
  for (const bool cache : {true, false}) {
    const Json keys = {{"ids", prompt},      {"max_new_tokens", 8}, {"num_samples", 2},
                       {"log_probs", 3},     {"temperature", 0.7},  {"top_k", 5},
                       {"ignore_eos", true}, {"cache", cache}};
    for (const Json& sample : generate_of(keys)["samples"]) {
      Json all = prompt;
      for (const Json& id : sample["ids"]) all.push_back(id);
      const Json score = score_of(all, {{"top", 3}});
      ASSERT_EQ(sample["log_probs"].size(), 8u);
      for (std::size_t i = 0; i < 8; ++i) {
        const Json& token = sample["log_probs"][i];
        EXPECT_EQ(token["id"], sample["ids"][i]);
        EXPECT_EQ(token["log_prob"], score["log_probs"][5 + i]);
        EXPECT_EQ(token["top"], score["top"][5 + i]);
      }
    }
  }
}

TEST(JsonlLogProbs, OfASessionAreThoseOfGenerate) {
  const Json keys = {{"ids", some_ids(5)}, {"max_new_tokens", 4}, {"log_probs", 2}};
  Json turn = keys;
  turn.update({{"op", "session"}, {"name", "a"}, {"do", "generate"}});
  const Json reply = ask_all({{{"op", "session"}, {"name", "a"}, {"do", "open"}}, turn})[1];
  EXPECT_EQ(reply["samples"], generate_of(keys)["samples"]);
}

TEST(JsonlLogProbs, AreNotThereUnlessAskedFor) {
  const Json keys = {{"ids", some_ids(5)}, {"max_new_tokens", 3}};
  Json asking = keys;
  asking["log_probs"] = 1;
  const Json with = generate_of(asking)["samples"][0], without = generate_of(keys)["samples"][0];
  EXPECT_EQ(with["ids"], without["ids"]);
  EXPECT_FALSE(without.contains("log_probs"));
  EXPECT_EQ(with["log_probs"][0]["top"].size(), 1u);
}

// ---- the command -------------------------------------------------------------------------------

TEST(CliScore, PrintsATableOrOneObject) {
  const std::string text = "The little cat sat on the mat.";
  const Outcome table = run_tokenwalk({"score", text, "--top", "2"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_NE(table.out.find("perplexity"), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("\" mat\""), std::string::npos) << table.out;
  EXPECT_EQ(table.out.find('\033'), std::string::npos) << "colours in a pipe";
  const Json expected = answer({{"op", "score"}, {"text", text}});
  for (const Arguments& arguments : {Arguments{"score", text, "--json"},
                                     {"score", "-", "--json"},
                                     {"score", "--file", "-", "--json"}}) {
    const Outcome json = run_tokenwalk(arguments, text);
    EXPECT_EQ(json.exit_code, 0) << json.err;
    const Json got = Json::parse(json.out);
    for (const char* key : {"ids", "log_probs", "mean_nll", "perplexity", "predicted"}) {
      EXPECT_EQ(got[key], expected[key]) << key;
    }
  }
}

TEST(CliScore, LongTextsAreReadInWindows) {
  std::string text;
  while (text.size() < 12000) text += "The little cat sat on the mat and looked around. ";
  const Outcome run = run_tokenwalk({"score", "-", "--stride", "300"}, text);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("windows"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("\" cat\""), std::string::npos) << "no table for a long text";
  EXPECT_EQ(run.err, "") << "no progress in a pipe";
}

TEST(CliScore, MistakesAreTold) {
  EXPECT_EQ(run_tokenwalk({"score"}).exit_code, 2);
  EXPECT_EQ(run_tokenwalk({"score", "a", "--file", "b"}).exit_code, 2);
  EXPECT_EQ(run_tokenwalk({"score", ""}).exit_code, 2) << "nothing to score";
  EXPECT_EQ(run_tokenwalk({"score", "--file", "/no/such/file"}).exit_code, 1);
  EXPECT_EQ(run_tokenwalk({"score", "-"}, "\xff").exit_code, 1);
  EXPECT_EQ(run_tokenwalk({"score", "a b", "--window", "1"}).exit_code, 2);
}

}  // namespace
}  // namespace tokenwalk
