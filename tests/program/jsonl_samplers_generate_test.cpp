// The sampling keys of chapter 12 in generate, batch and sessions.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/program/requests.h"

namespace tokenwalk {
namespace {

Json samples_of(Json keys) {
  keys["op"] = "generate";
  return answer(keys)["samples"];
}

const Json kLively = {{"prompt", "The little cat"},
                      {"max_new_tokens", 24},
                      {"temperature", 1.3},
                      {"repetition_penalty", 1.2},
                      {"presence_penalty", 0.2},
                      {"no_repeat_ngram", 3},
                      {"dry", {{"multiplier", 0.8}}},
                      {"xtc_probability", 0.5},
                      {"typical_p", 0.95},
                      {"top_p", 0.9},
                      {"num_samples", 3},
                      {"ignore_eos", true}};

TEST(JsonlSamplers, NeitherCacheNorChunksChangeASample) {
  const Json expected = samples_of(kLively);
  std::set<Json> different(expected.begin(), expected.end());
  EXPECT_EQ(different.size(), 3u) << "each sample has its stream";
  Json other = kLively;
  other["cache"] = false;
  EXPECT_EQ(samples_of(other), expected);
  other = kLively;
  other["prefill_chunk"] = 1;
  EXPECT_EQ(samples_of(other), expected);
}

// Every token again by hand: the logits of what stands before it, sampled at its position.
TEST(JsonlSamplers, GenerateIsSampleAtEachPosition) {
  Json whole = kLively;
  whole.update({{"op", "generate"}, {"seed", 77}});
  const Json reply = answer(whole);
  Json ids = reply["prompt_ids"];
  std::vector<Json> of_logits, of_samples;
  for (const Json& id : reply["samples"][2]["ids"]) {
    of_logits.push_back({{"op", "logits"}, {"ids", ids}, {"full", true}});
    Json request = kLively;
    for (const char* key : {"prompt", "max_new_tokens", "num_samples", "ignore_eos"}) {
      request.erase(key);
    }
    request.update({{"op", "sample"}, {"seed", 77}, {"stream", 2}, {"position", ids.size()}});
    request["history"] = ids;
    of_samples.push_back(request);
    ids.push_back(id);
  }
  const std::vector<Json> rows = ask_all(of_logits);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    of_samples[i]["logits"] = floats_of_base64(rows[i]["base64"]);
  }
  const std::vector<Json> tokens = ask_all(of_samples);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    EXPECT_EQ(tokens[i]["token"], reply["samples"][2]["ids"][i]) << "new token " << i;
  }
}

TEST(JsonlSamplers, ABatchGivesWhatEachRequestGivesAlone) {
  Json dry = {{"prompt", "one two one two one two"},
              {"temperature", 0},
              {"max_new_tokens", 30},
              {"dry", {{"multiplier", 1}}},
              {"min_new_tokens", 20}};
  Json both = kLively;
  both["log_probs"] = 1;
  const Json reply = answer({{"op", "batch"}, {"requests", {both, dry}}});
  EXPECT_EQ(reply["results"][0]["samples"], samples_of(both));
  EXPECT_EQ(reply["results"][1]["samples"], samples_of(dry));
  Json bad = dry;
  bad["allowed_ids"] = {vocab()};
  EXPECT_EQ(error_code(Json{{"op", "batch"}, {"requests", {both, bad}}}), "bad_value");
  bad["allowed_ids"] = Json::array();
  EXPECT_EQ(error_code(Json{{"op", "batch"}, {"requests", {both, bad}}}), "bad_value");
}

TEST(JsonlSamplers, NoNgramComesTwice) {
  Json keys = kLively;
  keys["no_repeat_ngram"] = 2;
  for (const Json& sample : samples_of(keys)) {
    std::set<std::pair<int, int>> seen;
    const std::vector<int> ids = sample["ids"];
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      EXPECT_TRUE(seen.insert({ids[i], ids[i + 1]}).second);
    }
  }
}

TEST(JsonlSamplers, MinNewTokensMasksEveryEnd) {
  const Json prompt = {{"prompt",
                        "<|im_start|>user\nWhat is the opposite of high?<|im_end|>\n"
                        "<|im_start|>assistant\n"},
                       {"temperature", 0},
                       {"max_new_tokens", 40}};
  const Json usual = samples_of(prompt)[0];
  ASSERT_EQ(usual["finish"], "eos");
  Json longer = prompt;
  longer["min_new_tokens"] = 30;
  const std::vector<int> ids = samples_of(longer)[0]["ids"];
  EXPECT_GE(ids.size(), 30u);
  const int end = usual["ids"].back();
  EXPECT_EQ(std::count(ids.begin(), ids.begin() + 30, end), 0);
  const int second = usual["ids"][1];
  longer["stop_ids"] = {second};
  const std::vector<int> stopped = samples_of(longer)[0]["ids"];
  EXPECT_EQ(std::count(stopped.begin(), stopped.begin() + 30, second), 0);
}

TEST(JsonlSamplers, GenerateSaysWhatIsWrong) {
  const auto error = [](Json keys) {
    keys["op"] = "generate";
    keys["ids"] = {300};
    return ask_all({keys}).at(0)["error"];
  };
  const Json masked = error({{"allowed_ids", Json::array()}});
  EXPECT_EQ(masked["code"], "bad_value");
  EXPECT_EQ(masked["message"], "every id is masked");
  EXPECT_EQ(error({{"allowed_ids", {400}}, {"no_repeat_ngram", 1}})["message"],
            "every id is masked")
      << "after the first token";
  EXPECT_EQ(error({{"allowed_ids", {vocab()}}})["code"], "bad_value");
  EXPECT_EQ(error({{"logit_bias", {{std::to_string(vocab()), 1}}}})["code"], "bad_value");
}

TEST(JsonlSamplers, ASessionLooksBackAtItsWholeText) {
  Json first = kLively, more = {{"op", "session"}, {"name", "s"}, {"do", "generate"}};
  for (const char* key : {"num_samples", "ignore_eos"}) first.erase(key);
  first.update({{"ignore_eos", true}, {"max_new_tokens", 10}});
  first.update(more);
  Json second = first;
  second.erase("prompt");
  second["max_new_tokens"] = 14;
  const std::vector<Json> replies =
      ask_all({{{"op", "session"}, {"name", "s"}, {"do", "open"}}, first, second});
  std::vector<int> ids = replies[1]["samples"][0]["ids"];
  for (const int id : replies[2]["samples"][0]["ids"]) ids.push_back(id);
  EXPECT_EQ(Json(ids), samples_of(kLively)[0]["ids"]) << "in two calls or in one";
}

}  // namespace
}  // namespace tokenwalk
