// Stop strings in the protocol: the operation stop, and the key of generate and session.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/program/jsonl_client.h"

namespace tokenwalk {
namespace {

Json answer_to_stop(const Json& pieces, const Json& stop) {
  const Json reply = answer({{"op", "stop"}, {"pieces", pieces}, {"stop", stop}});
  return {reply["emitted"], reply["text"], reply["stopped"], reply["matched"]};
}

TEST(JsonlStop, EmitsWhatMayBeShownAfterEachPiece) {
  EXPECT_EQ(answer_to_stop({"one E", "N", "D two"}, {"END"}),
            Json({{"one ", "", ""}, "one ", true, "END"}));
  EXPECT_EQ(answer_to_stop({"one E", "N", "E", " two"}, {"END", "xyz"}),
            Json({{"one ", "", "EN", "E two"}, "one ENE two", false, nullptr}));
  EXPECT_EQ(answer_to_stop({"THE", " EN"}, {"END"}),
            Json({{"TH", "E "}, "THE EN", false, nullptr}));
  EXPECT_EQ(answer_to_stop({"ab", "cd"}, {"abcd", "bc"}), Json({{"", "a"}, "a", true, "bc"}));
  EXPECT_EQ(answer_to_stop({"是", "多少"}, {"多多", "少"}),
            Json({{"是", "多"}, "是多", true, "少"}));
  EXPECT_EQ(answer_to_stop({"a", "b"}, Json::array()), Json({{"a", "b"}, "ab", false, nullptr}));
  EXPECT_EQ(answer_to_stop(Json::array(), {"a"}), Json({Json::array(), "", false, nullptr}));
}

TEST(JsonlStop, RefusesWhatCannotBe) {
  const auto code = [](const Json& pieces, const Json& stop) {
    return error_code({{"op", "stop"}, {"pieces", pieces}, {"stop", stop}});
  };
  EXPECT_EQ(code({"a"}, {""}), "bad_value");
  EXPECT_EQ(code({"a"}, "a"), "bad_request");
  EXPECT_EQ(code("a", {"a"}), "bad_request");
  EXPECT_EQ(error_code({{"op", "stop"}, {"stop", {"a"}}}), "bad_request");
  EXPECT_EQ(error_code({{"op", "generate"}, {"prompt", "a"}, {"stop", {""}}}), "bad_value");
  EXPECT_EQ(error_code({{"op", "generate"}, {"prompt", "a"}, {"stop", "a"}}), "bad_request");
}

// ---- generate and session ----------------------------------------------------------------------

Json greedy_request(int n, const Json& stop) {
  return {{"op", "generate"},
          {"prompt", "The little cat"},
          {"max_new_tokens", n},
          {"temperature", 0},
          {"stop", stop}};
}

TEST(JsonlStop, GenerateEndsAtEachPartOfItsText) {
  const Json whole = answer(greedy_request(24, Json::array()))["samples"][0];
  const std::string text = whole["text"];
  ASSERT_EQ(whole["finish"], "length");
  for (std::size_t begin = 0; begin + 3 <= text.size(); begin += 13) {
    const std::string stop = text.substr(begin, 3);
    const Json sample = answer(greedy_request(24, {stop, "no such text"}))["samples"][0];
    EXPECT_EQ(sample["text"], text.substr(0, text.find(stop)));
    EXPECT_EQ(sample["finish"], "stop_string");
    const std::size_t n = sample["ids"].size();
    const Json shown = answer({{"op", "decode"}, {"ids", sample["ids"]}})["text"];
    EXPECT_NE(shown.get<std::string>().find(stop), std::string::npos);
    const Json again = answer(greedy_request(static_cast<int>(n), {stop}))["samples"][0];
    EXPECT_EQ(again, sample) << "also with the last token allowed";
    const Json before = answer(greedy_request(static_cast<int>(n) - 1, {stop}))["samples"][0];
    EXPECT_EQ(before["finish"], "length");
  }
}

TEST(JsonlStop, WithoutTheCacheAndInASessionItIsTheSame) {
  Json request = greedy_request(24, {"was"});
  const Json cached = answer(request)["samples"];
  request["cache"] = false;
  EXPECT_EQ(answer(request)["samples"], cached);
  Json in_session = greedy_request(24, Json::array());
  in_session.update({{"op", "session"}, {"name", "a"}, {"do", "generate"}});
  in_session.erase("stop");
  const std::vector<Json> replies =
      ask_all({{{"op", "session"}, {"name", "a"}, {"do", "open"}, {"options", {{"stop", {"was"}}}}},
               in_session,
               {{"op", "session"}, {"name", "a"}, {"do", "info"}}});
  EXPECT_EQ(replies[1]["samples"], cached);
  EXPECT_EQ(replies[1]["pending"], 1);
  Json ids = replies[1]["prompt_ids"];
  for (const Json& id : cached[0]["ids"]) ids.push_back(id);
  EXPECT_EQ(replies[2]["ids"], ids) << "the session holds what was sampled, past the stop string";
}

TEST(JsonlStop, EachSampleHasAStreamOfItsOwn) {
  Json request = {
      {"op", "generate"}, {"prompt", "The little cat"}, {"max_new_tokens", 30}, {"num_samples", 4},
      {"seed", 3},        {"stop", {" the "}}};
  const Json together = answer(request)["samples"];
  request.erase("stop");
  const Json whole = answer(request)["samples"];
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string text = whole[i]["text"];
    EXPECT_EQ(together[i]["text"], text.substr(0, text.find(" the ")));
  }
}

}  // namespace
}  // namespace tokenwalk
