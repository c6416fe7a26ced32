// The operations softmax and distribution.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "chapters/02_softmax_temperature/softmax.h"
#include "tests/program/requests.h"
#include "tests/unit/sampling_oracle.h"

namespace tokenwalk {
namespace {

Json distribution_of(Json request) {
  request["op"] = "distribution";
  return answer(request);
}

// ---- softmax ---------------------------------------------------------------------------------

TEST(JsonlSoftmax, FloatsReadBackToTheSameValue) {
  Dice dice(211);
  std::vector<Json> requests;
  std::vector<std::vector<float>> all;
  std::vector<double> temperatures;
  for (int i = 0; i < 50; ++i) {
    all.push_back(random_logits(dice, dice.between(1, 50)));
    temperatures.push_back(dice.chance(0.2) ? 0 : dice.real(0.01, 3));
    requests.push_back(
        {{"op", "softmax"}, {"logits", json_of(all.back())}, {"temperature", temperatures.back()}});
  }
  const std::vector<Json> replies = ask_all(requests);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(numbers(replies[i]["probs"]), softmax(all[i], temperatures[i]));
    EXPECT_EQ(numbers(replies[i]["log_probs"]), log_softmax(all[i], temperatures[i]));
  }
}

TEST(JsonlSoftmax, MinusInfinityIsAWord) {
  const Json reply = answer({{"op", "softmax"}, {"logits", {0, "-inf"}}});
  EXPECT_EQ(reply["probs"], (Json{1.0, 0.0}));
  EXPECT_EQ(reply["log_probs"], (Json{0.0, "-inf"}));
}

TEST(JsonlSoftmax, Errors) {
  const auto code = [](const Json& logits, const Json& temperature) {
    return error_code(Json{{"op", "softmax"}, {"logits", logits}, {"temperature", temperature}});
  };
  EXPECT_EQ(code({1, "nan"}, 1), "bad_value");
  EXPECT_EQ(code({1, "inf"}, 1), "bad_value");
  EXPECT_EQ(code({"-inf"}, 1), "bad_value");
  EXPECT_EQ(code(Json::array(), 1), "bad_value");
  EXPECT_EQ(code({1}, -1), "bad_value");
  EXPECT_EQ(code({1}, "nan"), "bad_value");
  EXPECT_EQ(code({1}, "inf"), "bad_value");
  EXPECT_EQ(code({1}, "hot"), "bad_request");
  EXPECT_EQ(code({1}, nullptr), "bad_request");
  EXPECT_EQ(code({1, "x"}, 1), "bad_request");
  EXPECT_EQ(code({1, true}, 1), "bad_request");
  EXPECT_EQ(code(5, 1), "bad_request");
}

// ---- distribution ----------------------------------------------------------------------------

TEST(JsonlDistribution, BordersFromProbabilitiesAndFromLogits) {
  const Json probs = {0.5, 0.3, 0.2};
  Json logits = Json::array();
  for (const Json& p : probs) logits.push_back(std::log(p.get<double>()));
  for (const Json& input : {Json{{"probs", probs}}, Json{{"logits", logits}}}) {
    Json request = input;
    request["top_p"] = 0.8;
    const Json reply = distribution_of(request);
    EXPECT_EQ(reply["kept"], (Json{0, 1})) << "0.5 + 0.3 reaches 0.8";
    EXPECT_NEAR(reply["probs"][0].get<double>(), 0.625, 1e-6);
    EXPECT_NEAR(reply["probs"][1].get<double>(), 0.375, 1e-6);
    EXPECT_EQ(reply["logits"].size(), 3u) << "of the whole vocabulary";
  }
}

TEST(JsonlDistribution, KeptIsMostLikelyFirstTiesLowerIdFirst) {
  const Json reply = distribution_of({{"logits", {1, 3, "-inf", 1, 3}}});
  EXPECT_EQ(reply["kept"], (Json{1, 4, 0, 3})) << "a masked id is never kept";
  EXPECT_EQ(reply["logits"], (Json{1, 3, "-inf", 1, 3}));
}

TEST(JsonlDistribution, LogitsAreBeforeTemperature) {
  const Json reply = distribution_of({{"logits", {1, 3}}, {"temperature", 0.5}});
  EXPECT_EQ(reply["logits"], (Json{1, 3}));
}

TEST(JsonlDistribution, EndsOfEverySetting) {
  const Json logits = {1, 3, 2, 3};
  const auto kept = [&](const char* key, const Json& value) {
    return distribution_of({{"logits", logits}, {key, value}})["kept"];
  };
  const Json all = {1, 3, 2, 0};
  EXPECT_EQ(kept("temperature", 0), (Json{1}));
  EXPECT_EQ(kept("temperature", 1e-300), (Json{1, 3, 0, 2})) << "0 and 2 are tied at 0";
  EXPECT_EQ(kept("temperature", 1e300), (Json{0, 1, 2, 3})) << "all equally likely";
  EXPECT_EQ(kept("top_k", 0), all);
  EXPECT_EQ(kept("top_k", 1), (Json{1}));
  EXPECT_EQ(kept("top_k", 3), (Json{1, 3, 2}));
  EXPECT_EQ(kept("top_k", 1000000000000), all);
  EXPECT_EQ(kept("top_k", 18446744073709551615u), all);
  EXPECT_EQ(kept("top_p", 0), (Json{1}));
  EXPECT_EQ(kept("top_p", 1), all);
  EXPECT_EQ(kept("min_p", 0), all);
  EXPECT_EQ(kept("min_p", 1), (Json{1, 3}));
}

TEST(JsonlDistribution, ProbabilitiesOfZeroAreMasked) {
  const Json reply = distribution_of({{"probs", {0, 0.5, 0, 0.5}}});
  EXPECT_EQ(reply["kept"], (Json{1, 3}));
  EXPECT_EQ(reply["logits"][0], "-inf");
}

TEST(JsonlDistribution, AgreesWithTheOracle) {
  Dice dice(212);
  std::vector<Json> requests;
  std::vector<OracleDistribution> expected;
  while (requests.size() < 150) {
    const std::vector<float> logits = random_logits(dice, dice.between(1, 60));
    SamplingOptions options = random_options(dice, logits.size());
    if (options.temperature > 1e6 || (options.temperature > 0 && options.temperature < 0.01))
      continue;
    if (dice.chance(0.3)) {
      std::swap(options.order[dice.below(4)], options.order[dice.below(4)]);
      options.order.resize(dice.between(0, 4));
    }
    const OracleDistribution oracle = oracle_distribution(logits, options);
    if (!oracle.clear) continue;
    expected.push_back(oracle);
    requests.push_back(
        with_options({{"op", "distribution"}, {"logits", json_of(logits)}}, options));
  }
  const std::vector<Json> replies = ask_all(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    ASSERT_EQ(replies[i]["kept"], Json(expected[i].ids)) << requests[i];
    const std::vector<double> probs = numbers(replies[i]["probs"]);
    ASSERT_EQ(probs.size(), expected[i].probs.size());
    for (std::size_t k = 0; k < probs.size(); ++k) {
      const auto p = static_cast<double>(expected[i].probs[k]);
      EXPECT_NEAR(probs[k], p, 1e-11 * p + 1e-300);
    }
  }
}

TEST(JsonlDistribution, Errors) {
  const auto code = [](Json request) {
    request["op"] = "distribution";
    return error_code(request);
  };
  for (const Json& bad : {Json(-0.1), Json(1.5), Json("nan"), Json("inf"), Json("-inf")}) {
    EXPECT_EQ(code({{"logits", {1, 2}}, {"top_p", bad}}), "bad_value") << bad;
    EXPECT_EQ(code({{"logits", {1, 2}}, {"min_p", bad}}), "bad_value") << bad;
  }
  for (const Json& bad : {Json(-1), Json(-1e-300), Json("nan"), Json("inf")}) {
    EXPECT_EQ(code({{"logits", {1, 2}}, {"temperature", bad}}), "bad_value") << bad;
  }
  EXPECT_EQ(code({{"logits", {1, 2}}, {"top_k", -5}}), "bad_value");
  EXPECT_EQ(code({{"logits", {1, 2}}, {"top_k", 1.5}}), "bad_request");
  EXPECT_EQ(code({{"logits", {1, 2}}, {"top_k", "2"}}), "bad_request");
  EXPECT_EQ(code({{"logits", {1, 2}}, {"order", "temperature"}}), "bad_request");
  EXPECT_EQ(code({{"logits", {1, 2}}, {"order", {"no such step"}}}), "bad_value");
  EXPECT_EQ(code({{"logits", {1, 2}}, {"probs", {1}}}), "bad_request");
  EXPECT_EQ(code({{"probs", {0, 0}}}), "bad_value");
  EXPECT_EQ(code({{"probs", {-0.5, 1}}}), "bad_value");
  EXPECT_EQ(code({{"probs", {"nan"}}}), "bad_value");
  EXPECT_EQ(code({{"probs", {"inf"}}}), "bad_value");
  EXPECT_EQ(code({{"logits", {1, 2}}, {"history", {2}}}), "bad_value");
  EXPECT_EQ(code({{"logits", {1, 2}}, {"history", {-1}}}), "bad_value");
}

TEST(JsonlDistribution, AnErrorNamesTheValueAndTheId) {
  const auto found = [](Json request) {
    request["op"] = "distribution";
    return ask_all({request}).at(0)["error"]["found"].get<std::string>();
  };
  EXPECT_NE(found({{"logits", {0, 1, "nan"}}}).find("id 2"), std::string::npos);
  EXPECT_NE(found({{"logits", {0, "inf", 1}}}).find("id 1"), std::string::npos);
  EXPECT_NE(found({{"logits", {1}}, {"top_k", -5}}).find("-5"), std::string::npos);
  EXPECT_NE(found({{"logits", {1}}, {"top_p", 2}}).find("2"), std::string::npos);
}

TEST(JsonlDistribution, AnErrorsNumberReadsBack) {
  const auto found = [](const char* key, const Json& value) {
    const Json request = {{"op", "distribution"}, {"logits", {1, 2}}, {key, value}};
    return ask_all({request}).at(0)["error"]["found"].get<std::string>();
  };
  EXPECT_EQ(found("top_p", 1.0000001), "1.0000001");
  EXPECT_EQ(found("min_p", -1e-9), "-1e-09");
  EXPECT_EQ(found("temperature", -1e-300), "-1e-300");
  EXPECT_EQ(found("top_k", -99999999999), "-99999999999");
}

// ---- what comes in a later version -----------------------------------------------------------

const Json kDefaults = {{"temperature", 1},
                        {"top_k", 0},
                        {"top_p", 1},
                        {"min_p", 0},
                        {"typical_p", 1},
                        {"top_n_sigma", 0},
                        {"xtc_probability", 0},
                        {"xtc_threshold", 0.1},
                        {"repetition_penalty", 1},
                        {"frequency_penalty", 0},
                        {"presence_penalty", 0.0},
                        {"penalty_last_n", -1},
                        {"logit_bias", Json::object()},
                        {"bad_ids", Json::array()},
                        {"no_repeat_ngram", 0},
                        {"min_new_tokens", 0},
                        {"dry", {{"multiplier", 0}, {"base", 1.75}}},
                        {"order",
                         {"penalties", "bias", "dry", "temperature", "top_k", "typical_p", "top_p",
                          "min_p", "top_n_sigma", "xtc"}}};

TEST(JsonlDistribution, TheProtocolsDefaultsAreTaken) {
  Json request = {{"logits", {0, 2, 1, 2}}, {"history", {1}}};
  const Json plain = distribution_of(request);
  request.update(kDefaults);
  EXPECT_EQ(distribution_of(request), plain);
  Json generate = {{"op", "generate"}, {"prompt", "Once"}, {"max_new_tokens", 4}};
  const Json text = answer(generate);
  generate.update(kDefaults);
  generate.update({{"stop", Json::array()}, {"log_probs", 0}});
  EXPECT_EQ(answer(generate), text);
}

TEST(JsonlDistribution, WhatIsNoDefaultComesLater) {
  const auto expect_later = [](Json request, const Json& more) {
    request.update(more);
    const Json error = ask_all({request}).at(0)["error"];
    EXPECT_EQ(error["code"], "bad_value") << more;
    EXPECT_NE(error["hint"].get<std::string>().find("later version"), std::string::npos) << more;
  };
  const Json request = {{"op", "distribution"}, {"logits", {0, 2, 1}}};
  for (const char* key : {"typical_p", "top_n_sigma", "xtc_probability", "repetition_penalty",
                          "frequency_penalty", "presence_penalty"}) {
    expect_later(request, {{key, 0.5}});
  }
  expect_later(request, {{"no_repeat_ngram", 2}});
  expect_later(request, {{"min_new_tokens", 2}});
  expect_later(request, {{"logit_bias", {{"1", 2}}}});
  expect_later(request, {{"bad_ids", Json::array({Json{1}})}});
  expect_later(request, {{"allowed_ids", {1}}});
  expect_later(request, {{"dry", {{"multiplier", 0.8}}}});
  EXPECT_EQ(error_code(Json{{"op", "distribution"}, {"logits", {1}}, {"typical_p", "x"}}),
            "bad_request");
  EXPECT_EQ(error_code(Json{{"op", "distribution"}, {"logits", {1}}, {"logit_bias", 0}}),
            "bad_request");
  EXPECT_EQ(error_code(Json{{"op", "distribution"}, {"logits", {1}}, {"order", {"dry", "dry"}}}),
            "bad_value");
}

}  // namespace
}  // namespace tokenwalk
