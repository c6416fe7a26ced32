// The operations sample and philox.

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"
#include "lib/base/rng.h"
#include "tests/program/requests.h"
#include "tests/unit/sampling_oracle.h"

namespace tokenwalk {
namespace {

// ---- sample ----------------------------------------------------------------------------------

TEST(JsonlSample, UIsAParameter) {
  const auto token = [](double u) {
    return answer({{"op", "sample"}, {"logits", {0, 0, "-inf", 0, 0}}, {"u", u}})["token"];
  };
  EXPECT_EQ(token(0), 0);
  EXPECT_EQ(token(0.25), 1) << "the comparison is strict";
  EXPECT_EQ(token(0.5), 3);
  EXPECT_EQ(token(0.75), 4);
  EXPECT_EQ(token(1 - 0x1p-53), 4);
}

TEST(JsonlSample, USeedStreamAndPositionAreTheFormula) {
  const std::vector<std::uint64_t> seeds = {0, 1, 4294967296, 18446744073709551615u};
  const std::vector<std::uint64_t> positions = {0, 1, 4294967295, 4294967296, 1ull << 62};
  std::vector<Json> requests;
  std::vector<double> expected;
  for (const std::uint64_t seed : seeds) {
    for (const std::uint64_t position : positions) {
      for (const std::uint32_t stream : {0u, 1u, 4294967295u}) {
        requests.push_back({{"op", "sample"},
                            {"logits", {0, 0}},
                            {"seed", seed},
                            {"stream", stream},
                            {"position", position}});
        expected.push_back(uniform_draw(seed, stream, position));
      }
    }
  }
  requests.push_back({{"op", "sample"}, {"logits", {0, 0}}, {"seed", 9}, {"position", 4}});
  expected.push_back(uniform_draw(9, 0, 4));
  const std::vector<Json> replies = ask_all(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(replies[i]["u"], expected[i]) << requests[i];
    EXPECT_EQ(replies[i]["token"], expected[i] < 0.5 ? 0 : 1);
  }
}

TEST(JsonlSample, IsTheDistributionDrawnByAscendingId) {
  Dice dice(213);
  std::vector<Json> requests;
  std::vector<int> expected;
  for (int i = 0; i < 200; ++i) {
    const std::vector<float> logits = random_logits(dice, dice.between(1, 100));
    const SamplingOptions options = random_options(dice, logits.size());
    const double u = dice.uniform();
    requests.push_back(
        with_options({{"op", "sample"}, {"logits", json_of(logits)}, {"u", u}}, options));
    expected.push_back(sample_plain(logits, options, u));
  }
  const std::vector<Json> replies = ask_all(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(replies[i]["token"], expected[i]) << requests[i];
    EXPECT_EQ(replies[i]["u"], requests[i]["u"]);
  }
}

TEST(JsonlSample, Errors) {
  const auto code = [](Json request) {
    request["op"] = "sample";
    request["logits"] = {1, 2};
    return error_code(request);
  };
  for (const Json& bad : {Json(1), Json(1.0), Json(-1e-9), Json("nan"), Json("inf"), Json(2)}) {
    EXPECT_EQ(code({{"u", bad}}), "bad_value") << bad;
  }
  EXPECT_EQ(code({{"u", "half"}}), "bad_request");
  EXPECT_EQ(code(Json::object()), "bad_request");
  EXPECT_EQ(code({{"seed", 1}}), "bad_request") << "the position is missing";
  EXPECT_EQ(code({{"position", 1}}), "bad_request") << "the seed is missing";
  EXPECT_EQ(code({{"seed", 1}, {"position", 1}, {"u", 0.5}}), "bad_request");
  EXPECT_EQ(code({{"seed", -1}, {"position", 1}}), "bad_value");
  EXPECT_EQ(code({{"seed", 1}, {"position", -1}}), "bad_value");
  EXPECT_EQ(code({{"seed", 1}, {"position", 1}, {"stream", 4294967296}}), "bad_value");
  EXPECT_EQ(code({{"seed", 1.5}, {"position", 1}}), "bad_request");
  EXPECT_EQ(code({{"u", 0.2}, {"position", "x"}}), "bad_request") << "though u needs none";
  EXPECT_EQ(code({{"u", 0.2}, {"stream", -3.5}}), "bad_request");
  EXPECT_EQ(code({{"u", 0.2}, {"stream", -3}}), "bad_value");
}

// ---- philox ----------------------------------------------------------------------------------

TEST(JsonlPhilox, KnownAnswers) {
  const auto words = [](const Json& counter, const Json& key) {
    return answer({{"op", "philox"}, {"counter", counter}, {"key", key}})["words"];
  };
  const std::uint32_t all = 0xFFFFFFFF;
  EXPECT_EQ(words({0, 0, 0, 0}, {0, 0}), (Json{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(words({all, all, all, all}, {all, all}),
            (Json{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(words({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Json{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(JsonlPhilox, Errors) {
  const auto code = [](const Json& counter, const Json& key) {
    return error_code(Json{{"op", "philox"}, {"counter", counter}, {"key", key}});
  };
  EXPECT_EQ(code({0, 0, 0}, {0, 0}), "bad_value");
  EXPECT_EQ(code({0, 0, 0, 0, 0}, {0, 0}), "bad_value");
  EXPECT_EQ(code({0, 0, 0, 4294967296}, {0, 0}), "bad_value");
  EXPECT_EQ(code({0, 0, 0, -1}, {0, 0}), "bad_value");
  EXPECT_EQ(code({0, 0, 0, 0.5}, {0, 0}), "bad_request");
  EXPECT_EQ(code({0, 0, 0, 0}, {0}), "bad_value");
  EXPECT_EQ(code({0, 0, 0, 0}, 0), "bad_request");
}

}  // namespace
}  // namespace tokenwalk
