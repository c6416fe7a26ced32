// The pieces of chapter 05's loop: the draw of one token, and what it means for the text.

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "chapters/05_naive_generate/generate_naive.h"
#include "lib/base/rng.h"
#include "tests/property/ch05_cases.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const char* const kDraw = "page 05, The draw belongs to a position";

// ---- sample_at ---------------------------------------------------------------------------------

TEST(Ch05NaiveGenerate, SampleAtDrawsWithThePositionsNumber) {
  const std::vector<float> logits = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};  // ten equal ones
  for (const std::uint64_t seed : {0, 1, 77}) {
    for (const std::uint32_t stream : {0, 3}) {
      for (std::size_t position = 0; position < 50; ++position) {
        GenerateOptions options;
        options.seed = seed;
        options.stream = stream;
        const auto expected = static_cast<int>(uniform_draw(seed, stream, position) * 10);
        const int got = sample_at(logits, position, options);
        expect_same({&expected, 1}, {&got, 1},
                    {"ten equal logits, seed " + std::to_string(seed) + ", stream " +
                         std::to_string(stream) + ", position " + std::to_string(position),
                     kDraw});
      }
    }
  }
}

TEST(Ch05NaiveGenerate, SampleAtIsGreedyAtTemperatureZero) {
  const std::vector<float> logits = {1, 5, 2, 5};
  GenerateOptions options;
  options.sampling.temperature = 0;
  for (std::size_t position = 0; position < 20; ++position) {
    const int expected = 1, got = sample_at(logits, position, options);
    expect_same({&expected, 1}, {&got, 1},
                {"logits [1, 5, 2, 5], temperature 0: the first of the largest", kDraw});
  }
}

TEST(Ch05NaiveGenerate, SampleAtKeepsToTheOptions) {
  const std::vector<float> logits = {1, 2, 3, 4};
  GenerateOptions options;
  options.sampling.top_k = 2;
  for (std::size_t position = 0; position < 200; ++position) {
    ASSERT_GE(sample_at(logits, position, options), 2)
        << "logits [1, 2, 3, 4], top_k 2: ids 2 and 3 remain\n  read: " << kDraw;
  }
}

TEST(Ch05NaiveGenerate, SampleAtGivesEachIdItsShare) {
  const std::vector<float> logits = {std::log(1.0f), std::log(2.0f), std::log(7.0f)};
  std::array<int, 3> counts = {};
  const int n = 20000;
  for (int position = 0; position < n; ++position) {
    ++counts[static_cast<std::size_t>(
        sample_at(logits, static_cast<std::size_t>(position), GenerateOptions()))];
  }
  const double shares[] = {0.1, 0.2, 0.7};
  for (std::size_t id = 0; id < 3; ++id) {
    const double sigma = std::sqrt(n * shares[id] * (1 - shares[id]));
    EXPECT_NEAR(counts[id], n * shares[id], 5 * sigma) << "id " << id << "\n  read: " << kDraw;
  }
}

// ---- ends_text ---------------------------------------------------------------------------------

TEST(Ch05NaiveGenerate, EndsTextForEveryReasonAndInTheirOrder) {
  for (const EndCase& test : kEndCases) {
    expect_same(test.expected(), end_of(ends_text, test),
                {std::string(test.what) + " (id " + std::to_string(test.id) + ", new token " +
                     std::to_string(test.n_new) + " of at most 5; eos 7, 9; stop ids 3, 9)",
                 kEnds});
  }
}

TEST(Ch05NaiveGenerate, EndsTextOfAModelWithoutEos) {
  GenerateOptions options;
  options.max_new_tokens = 1000;
  Finish finish = Finish::kCallback;
  EXPECT_FALSE(ends_text(ModelConfig(), 0, 1, options, finish)) << "no eos, no stop ids";
}

TEST(Ch05NaiveGenerate, FinishNamesAreTheProtocols) {
  EXPECT_STREQ(finish_name(Finish::kLength), "length");
  EXPECT_STREQ(finish_name(Finish::kEos), "eos");
  EXPECT_STREQ(finish_name(Finish::kStopToken), "stop_token");
  EXPECT_STREQ(finish_name(Finish::kContextFull), "context_full");
  EXPECT_STREQ(finish_name(Finish::kCallback), "callback");
}

}  // namespace
}  // namespace tokenwalk
