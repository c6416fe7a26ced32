// The operations info and logits, with the bundled model; nothing here knows its numbers.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "tests/program/requests.h"

namespace tokenwalk {
namespace {

// ---- info ------------------------------------------------------------------------------------

TEST(JsonlInfo, TellsTheModel) {
  const Json& reply = info();
  for (const char* key : {"architecture", "layers", "heads", "kv_heads", "head_dim", "hidden",
                          "vocab", "context", "precision", "parameters"}) {
    EXPECT_TRUE(reply["model"].contains(key)) << key;
  }
  EXPECT_EQ(reply["model"]["architecture"], "Qwen3ForCausalLM");
  EXPECT_EQ(reply["model"]["precision"], "f32");
  EXPECT_LE(reply["model"]["parameters"], 1000000);
  for (const char* key : {"kind", "vocab", "specials"}) {
    EXPECT_TRUE(reply["tokenizer"].contains(key)) << key;
  }
  EXPECT_EQ(reply["kernels"][0], "reference");
  EXPECT_GE(reply["threads"], 1);
  EXPECT_NE(reply["version"], "");
}

TEST(JsonlInfo, EveryKernelSetNamedServes) {
  const Json request = {{"op", "logits"}, {"ids", {10, 20, 30}}, {"rows", "all"}};
  const Json expected = answer(request);
  for (const Json& name : info()["kernels"]) {
    EXPECT_EQ(answer(request, {"--kernels", name}), expected) << name;
  }
}

TEST(JsonlInfo, ThreadsAreThoseAskedFor) {
  EXPECT_EQ(answer({{"op", "info"}}, {"--threads", "3"})["threads"], 3);
}

// ---- logits ----------------------------------------------------------------------------------

TEST(JsonlLogits, FullAgreesWithItsSummary) {
  for (const char* rows : {"last", "all"}) {
    const Json reply = logits_of({10, 20, 30, 40}, {{"full", true}, {"rows", rows}});
    const std::vector<float> values = floats_of_base64(reply["base64"]);
    const auto n = static_cast<std::size_t>(vocab());
    const std::size_t n_rows = rows == std::string("all") ? 4 : 1;
    ASSERT_EQ(values.size(), n * n_rows);
    EXPECT_EQ(reply["sha256"], sha256_of(values));
    ASSERT_EQ(reply["argmax"].size(), n_rows);
    for (std::size_t r = 0; r < n_rows; ++r) {
      const auto row = values.begin() + static_cast<std::ptrdiff_t>(r * n);
      EXPECT_EQ(reply["argmax"][r], std::max_element(row, row + vocab()) - row);
    }
    const std::vector<float> last(values.end() - vocab(), values.end());
    std::vector<int> order(n);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return last[static_cast<std::size_t>(a)] > last[static_cast<std::size_t>(b)];
    });
    ASSERT_EQ(reply["top"].size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(reply["top"][i][0], order[i]);
      EXPECT_EQ(reply["top"][i][1].get<float>(), last[static_cast<std::size_t>(order[i])])
          << "reads back to the same value";
    }
  }
  EXPECT_FALSE(logits_of({10}).contains("base64"));
}

TEST(JsonlLogits, EveryWayToSplitGivesTheSameBits) {
  const Json ids = some_ids(40);
  const std::vector<Json> cuts = {{40},       {39, 1},          {1, 39},
                                  {20, 20},   {7, 1, 1, 30, 1}, Json(std::vector<int>(40, 1)),
                                  {16, 16, 8}};
  for (const char* rows : {"last", "all"}) {
    std::vector<Json> requests = {{{"op", "logits"}, {"ids", ids}, {"rows", rows}}};
    for (const Json& chunks : cuts) {
      for (const bool cache : {true, false}) {
        requests.push_back(
            {{"op", "logits"}, {"ids", ids}, {"rows", rows}, {"chunks", chunks}, {"cache", cache}});
      }
    }
    const std::vector<Json> replies = ask_all(requests);
    for (std::size_t i = 1; i < replies.size(); ++i) {
      EXPECT_EQ(replies[i]["sha256"], replies[0]["sha256"]) << requests[i];
      EXPECT_EQ(replies[i]["argmax"], replies[0]["argmax"]);
    }
  }
}

TEST(JsonlLogits, TheFirstRowsDoNotSeeWhatFollows) {
  const auto n = static_cast<std::size_t>(vocab());
  const Json all = logits_of({10, 20, 30}, {{"rows", "all"}, {"full", true}});
  const std::vector<float> rows = floats_of_base64(all["base64"]);
  const std::vector<float> second(rows.begin() + static_cast<std::ptrdiff_t>(n),
                                  rows.begin() + static_cast<std::ptrdiff_t>(2 * n));
  EXPECT_EQ(logits_of({10, 20})["sha256"], sha256_of(second));
}

TEST(JsonlLogits, Errors) {
  const auto code = [](Json request) {
    request["op"] = "logits";
    return error_code(request);
  };
  EXPECT_EQ(code({{"ids", Json::array()}}), "bad_value");
  EXPECT_EQ(code({{"ids", {vocab()}}}), "bad_value");
  EXPECT_EQ(code({{"ids", {-1}}}), "bad_value");
  EXPECT_EQ(code({{"ids", some_ids(context() + 1)}}), "capacity");
  EXPECT_EQ(code({{"ids", {1, 2}}, {"rows", "first"}}), "bad_value");
  EXPECT_EQ(code({{"ids", {1, 2}}, {"rows", 2}}), "bad_request");
  for (const Json& chunks : {Json{1}, Json{1, 2}, Json{0, 2}, Json{-1, 3}, Json::array()}) {
    EXPECT_EQ(code({{"ids", {1, 2}}, {"chunks", chunks}}), "bad_value") << chunks;
  }
  EXPECT_EQ(code({{"ids", {1, 2}}, {"chunks", {1.0, 1.0}}}), "bad_request");
  EXPECT_EQ(code({{"ids", {1, 2}}, {"cache", "yes"}}), "bad_request");
}

}  // namespace
}  // namespace tokenwalk
