// The sampling keys of chapter 12: goldens from transformers, errors, and generate.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "lib/base/data_path.h"
#include "lib/base/rng.h"
#include "tests/program/requests.h"

namespace tokenwalk {
namespace {

Json distribution_with(Json keys) {
  keys["op"] = "distribution";
  return answer(keys);
}

// ---- against transformers --------------------------------------------------------------------

constexpr double kFloat32 = 2e-5;  // transformers computes in float32

void expect_near(const Json& got, const Json& expected, const Json& about) {
  const std::vector<double> a = numbers(got), b = numbers(expected);
  ASSERT_EQ(a.size(), b.size()) << about;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(a[i] == b[i] || std::abs(a[i] - b[i]) <= kFloat32 * (1 + std::abs(b[i])))
        << "place " << i << ": got " << a[i] << ", expected " << b[i] << " in " << about;
  }
}

TEST(JsonlSamplers, AgreeWithTransformers) {
  std::ifstream file(data_path("golden/samplers.json"));
  const Json golden = Json::parse(file);
  std::vector<Json> requests;
  for (const Json& one : golden["cases"]) requests.push_back(one["request"]);
  ASSERT_GT(requests.size(), 80u);
  const std::vector<Json> replies = ask_all(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Json& one = golden["cases"][i];
    EXPECT_EQ(replies[i]["kept"], one["expected"]["kept"]) << one["kind"] << requests[i];
    expect_near(replies[i]["probs"], one["expected"]["probs"], one["kind"]);
    if (one["expected"].contains("logits")) {
      expect_near(replies[i]["logits"], one["expected"]["logits"], one["kind"]);
    }
  }
}

// ---- keys ------------------------------------------------------------------------------------

TEST(JsonlSamplers, PenaltiesLookAtTheHistory) {
  const auto logits = [](Json keys) {
    keys["logits"] = {4, -4, 0, 2};
    keys["history"] = {0, 1, 0};
    return distribution_with(keys)["logits"];
  };
  EXPECT_EQ(logits({{"repetition_penalty", 2}}), (Json{2.0, -8.0, 0.0, 2.0}));
  EXPECT_EQ(logits({{"frequency_penalty", 1}}), (Json{2.0, -5.0, 0.0, 2.0}));
  EXPECT_EQ(logits({{"presence_penalty", 1}}), (Json{3.0, -5.0, 0.0, 2.0}));
  EXPECT_EQ(logits({{"presence_penalty", 1}, {"penalty_last_n", 1}}), (Json{3.0, -4.0, 0.0, 2.0}));
  EXPECT_EQ(logits({{"presence_penalty", 1}, {"penalty_last_n", 0}}), (Json{4.0, -4.0, 0.0, 2.0}));
  EXPECT_EQ(logits({{"repetition_penalty", 2}, {"frequency_penalty", 1}, {"presence_penalty", 1}}),
            (Json{-1.0, -10.0, 0.0, 2.0}))
      << "repetition comes first";
}

TEST(JsonlSamplers, BansMask) {
  const auto kept = [](Json keys) {
    keys["logits"] = {3, 2, 1, 0};
    keys["history"] = {0, 1, 2, 0, 1};
    return distribution_with(keys)["kept"];
  };
  EXPECT_EQ(kept({{"logit_bias", {{"0", "-inf"}, {"3", 10}}}}), (Json{3, 1, 2}));
  EXPECT_EQ(kept({{"allowed_ids", {2, 3}}}), (Json{2, 3}));
  EXPECT_EQ(kept({{"allowed_ids", nullptr}}), (Json{0, 1, 2, 3}));
  EXPECT_EQ(kept({{"bad_ids", {{0}, {1, 2}, {2, 3}}}}), (Json{1, 3}));
  EXPECT_EQ(kept({{"no_repeat_ngram", 3}}), (Json{0, 1, 3}));
  EXPECT_EQ(kept({{"no_repeat_ngram", 99999999999}}), (Json{0, 1, 2, 3}));
  EXPECT_EQ(kept({{"no_repeat_ngram", 1}}), (Json{3}));
  EXPECT_EQ(kept({{"min_new_tokens", 3}}), (Json{0, 1, 2, 3})) << "no id is known to end a text";
  EXPECT_EQ(kept({{"no_repeat_ngram", 1}, {"order", {"temperature"}}}), (Json{0, 1, 2, 3}))
      << "bans are the step bias";
}

TEST(JsonlSamplers, Dry) {
  const auto logits = [](Json dry) {
    dry["multiplier"] = 1;
    dry["base"] = 2;
    return distribution_with(
        {{"logits", {0, 0, 0, 0}}, {"history", {3, 0, 1, 2, 3, 0, 1}}, {"dry", dry}})["logits"];
  };
  EXPECT_EQ(logits(Json::object()), (Json{0.0, 0.0, -2.0, 0.0}));
  EXPECT_EQ(logits({{"allowed_length", 1}}), (Json{0.0, 0.0, -4.0, 0.0}));
  EXPECT_EQ(logits({{"last_n", 6}}), (Json{0.0, 0.0, -1.0, 0.0}));
  EXPECT_EQ(logits({{"breakers", {{3}}}}), (Json{0.0, 0.0, -1.0, 0.0}));
  EXPECT_EQ(logits({{"breakers", {{2}}}}), (Json{0.0, 0.0, 0.0, 0.0}));
}

TEST(JsonlSamplers, Cuts) {
  const auto kept = [](Json keys) {
    keys["probs"] = {0.4, 0.2, 0.2, 0.2};
    return distribution_with(keys)["kept"];
  };
  EXPECT_EQ(kept({{"typical_p", 0.5}}), (Json{1, 2, 3}));
  EXPECT_EQ(kept({{"typical_p", 0}}), (Json{1}));
  EXPECT_EQ(kept({{"top_n_sigma", 1}}), (Json{0}));
  EXPECT_EQ(kept({{"xtc_probability", 1}}), (Json{1, 2, 3})) << "the threshold is 0.1";
  EXPECT_EQ(kept({{"xtc_probability", 1}, {"xtc_threshold", 0.3}}), (Json{0, 1, 2, 3}));
}

TEST(JsonlSamplers, LogitsAreAfterPenaltiesWhereverTheyStand) {
  const Json reply = distribution_with({{"logits", {4, 2, 2}},
                                        {"history", {0}},
                                        {"temperature", 2},
                                        {"frequency_penalty", 1},
                                        {"order", {"temperature", "penalties"}}});
  EXPECT_EQ(reply["logits"], (Json{3.0, 2.0, 2.0}));
  EXPECT_EQ(reply["kept"], (Json{0, 1, 2})) << "4 / 2 - 1 against 2 / 2";
  EXPECT_NEAR(reply["probs"][0].get<double>(), 1.0 / 3, 1e-15);
}

TEST(JsonlSamplers, XtcsCoinIsTheSecondHalfOfTheBlock) {
  std::vector<Json> requests;
  std::vector<int> expected;
  for (std::uint64_t position = 0; position < 50; ++position) {
    const double u = uniform_draw(5, 1, position), coin = uniform_coin(5, 1, position);
    requests.push_back({{"op", "sample"},
                        {"logits", {1, 0}},
                        {"seed", 5},
                        {"stream", 1},
                        {"position", position},
                        {"xtc_probability", 0.4}});
    const double first = 1 / (1 + std::exp(-1.0));
    expected.push_back(coin < 0.4 || u >= first ? 1 : 0);
  }
  const std::vector<Json> replies = ask_all(requests);
  for (Json& request : requests) request["op"] = "distribution";
  const std::vector<Json> distributions = ask_all(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(replies[i]["token"], expected[i]) << requests[i];
    const bool fires = uniform_coin(5, 1, i) < 0.4;
    EXPECT_EQ(distributions[i]["kept"].size(), fires ? 1u : 2u) << requests[i];
  }
}

TEST(JsonlSamplers, WithoutAPositionTheCoinIsThatOfTheNextToken) {
  for (std::size_t n : {0u, 1u, 2u, 3u, 4u, 5u}) {
    const Json reply = distribution_with(
        {{"logits", {1, 0}}, {"history", std::vector<int>(n, 0)}, {"xtc_probability", 0.5}});
    EXPECT_EQ(reply["kept"].size(), uniform_coin(0, 0, n) < 0.5 ? 1u : 2u);
  }
}

TEST(JsonlSamplers, Errors) {
  const auto code = [](Json keys) {
    keys["op"] = "distribution";
    keys["logits"] = {1, 2};
    return error_code(keys);
  };
  const auto dry = [&](const Json& options) { return code({{"dry", options}}); };
  for (const Json& bad : {Json(-0.1), Json(1.1), Json("nan"), Json("inf")}) {
    for (const char* key : {"typical_p", "xtc_probability", "xtc_threshold"}) {
      EXPECT_EQ(code({{key, bad}}), "bad_value") << key << bad;
    }
  }
  for (const char* key : {"typical_p", "top_n_sigma", "xtc_probability", "xtc_threshold",
                          "repetition_penalty", "frequency_penalty", "presence_penalty"}) {
    EXPECT_EQ(code({{key, "nan"}}), "bad_value") << key;
    EXPECT_EQ(code({{key, "inf"}}), "bad_value") << key;
    EXPECT_EQ(code({{key, "x"}}), "bad_request") << key;
    EXPECT_EQ(code({{key, nullptr}}), "bad_request") << key;
  }
  EXPECT_EQ(code({{"repetition_penalty", 0}}), "bad_value");
  EXPECT_EQ(code({{"repetition_penalty", -1}}), "bad_value");
  EXPECT_EQ(code({{"top_n_sigma", -1}}), "bad_value");
  EXPECT_EQ(code({{"penalty_last_n", -2}}), "bad_value");
  EXPECT_EQ(code({{"penalty_last_n", 1.5}}), "bad_request");
  EXPECT_EQ(code({{"no_repeat_ngram", -1}}), "bad_value");
  EXPECT_EQ(code({{"min_new_tokens", -1}}), "bad_value");
  EXPECT_EQ(code({{"logit_bias", {{"2", 1}}}}), "bad_value") << "no such id";
  EXPECT_EQ(code({{"logit_bias", {{"x", 1}}}}), "bad_value");
  EXPECT_EQ(code({{"logit_bias", {{"-1", 1}}}}), "bad_value");
  EXPECT_EQ(code({{"logit_bias", {{"", 1}}}}), "bad_value");
  EXPECT_EQ(code({{"logit_bias", {{"99999999999999999999", 1}}}}), "bad_value");
  EXPECT_EQ(code({{"logit_bias", {{"0", "inf"}}}}), "bad_value");
  EXPECT_EQ(code({{"logit_bias", {{"0", "x"}}}}), "bad_request");
  EXPECT_EQ(code({{"logit_bias", {1}}}), "bad_request");
  EXPECT_EQ(code({{"allowed_ids", Json::array()}}), "bad_value") << "nothing may come";
  EXPECT_EQ(code({{"allowed_ids", {2}}}), "bad_value");
  EXPECT_EQ(code({{"allowed_ids", 1}}), "bad_request");
  EXPECT_EQ(code({{"bad_ids", {1}}}), "bad_request") << "a sequence is a list";
  EXPECT_EQ(code({{"bad_ids", Json::array({Json::array()})}}), "bad_value");
  EXPECT_EQ(code({{"bad_ids", {{0}, {1}}}}), "bad_value") << "nothing is left";
  EXPECT_EQ(code({{"bad_ids", Json::array({{5}})}}), "bad_value");
  EXPECT_EQ(dry({{"multiplier", -1}}), "bad_value");
  EXPECT_EQ(dry({{"base", 0.5}}), "bad_value");
  EXPECT_EQ(dry({{"allowed_length", -1}}), "bad_value");
  EXPECT_EQ(dry({{"last_n", -2}}), "bad_value");
  EXPECT_EQ(dry({{"breakers", {1}}}), "bad_request");
  EXPECT_EQ(dry({{"breakers", Json::array({{2}})}}), "bad_value");
  EXPECT_EQ(dry({{"length", 1}}), "bad_request") << "an unknown key";
  EXPECT_EQ(dry(1), "bad_request");
  EXPECT_EQ(code({{"order", {"dry", "dry"}}}), "bad_value");
}

// ---- generate --------------------------------------------------------------------------------

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
