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

}  // namespace
}  // namespace tokenwalk
