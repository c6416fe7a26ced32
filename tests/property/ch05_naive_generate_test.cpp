// The loop of chapter 05.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "chapters/05_naive_generate/generate_naive.h"
#include "lib/base/error.h"
#include "tests/property/ch05_cases.h"
#include "tests/support/dice.h"
#include "tests/support/oracle.h"
#include "tests/support/random_cases.h"
#include "tests/support/tiny_random_model.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const char* const kLoop = "page 05, The loop";

const TinySpec kSpec = {.seed = 8, .hidden = 24, .vocab = 50, .context = 40};

GenerateOptions greedy(int max_new_tokens) {
  GenerateOptions options;
  options.max_new_tokens = max_new_tokens;
  options.sampling.temperature = 0;
  return options;
}

// Runs `call` and gives the code of its Error; "no error" if there is none.
template <typename Call>
std::string error_code_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_NE(error.parts().found, "") << error.what();
    EXPECT_NE(error.parts().expected, "") << error.what();
    return error_code_name(error.code());
  }
  return "no error";
}

TEST(Ch05NaiveGenerate, GenerateSamplesFromTheWholeSequence) {
  for (const std::uint64_t seed : case_seeds(12)) {
    const LoopCase test(seed);
    const Generated result = generate_naive(test.desk.model, test.prompt, test.options);
    const std::string input =
        "prompt " + show(test.prompt) + ", 12 new tokens, seed " + std::to_string(seed);
    expect_same(test.expected, result.tokens, {input, kLoop});
    expect_same(test.evaluated, result.evaluated,
                {input + ": positions evaluated, P + (P + 1) + ... + (P + N - 1)", kLoop});
    expect_same("length", finish_name(result.finish), {input, kLoop});
  }
}

// Where the best logit leads by more than float32 can be off, the greedy token is the oracle's.
TEST(Ch05NaiveGenerate, GenerateGreedilyAsTheFloat64OracleDoes) {
  std::size_t decided = 0;
  for (const std::uint64_t seed : case_seeds(10)) {
    const Desk desk(draw_spec(seed));
    std::vector<int> ids = Dice(seed, 9).ids(4, desk.model.config.vocab);
    const Generated result = generate_naive(desk.model, ids, greedy(8));
    for (const int token : result.tokens) {
      const OracleResult oracle = oracle_forward(desk.model.config, desk.random.source(), ids);
      const Eigen::RowVectorXd row = oracle.logits.value.bottomRows(1);
      const double deviation = std::sqrt(oracle.logits.variance.bottomRows(1).maxCoeff());
      Eigen::Index best = 0;
      row.maxCoeff(&best);
      Eigen::RowVectorXd others = row;
      others(best) = -std::numeric_limits<double>::infinity();
      if (row(best) - others.maxCoeff() > 2 * kDeviations * deviation) {
        const int expected = static_cast<int>(best);
        expect_same({&expected, 1}, {&token, 1}, {"the greedy token after " + show(ids), kLoop});
        ++decided;
      }
      ids.push_back(token);
    }
  }
  EXPECT_GT(decided, 60u) << "of 80 tokens; otherwise this test says little";
}

TEST(Ch05NaiveGenerate, GenerateNoTokensEvaluatesNothing) {
  const Desk desk(kSpec);
  const Generated result = generate_naive(desk.model, std::vector<int>{1, 2}, greedy(0));
  expect_same(0, result.tokens.size(), {"max_new_tokens 0: new tokens", kLoop});
  expect_same(0, result.evaluated, {"max_new_tokens 0: positions evaluated", kLoop});
  expect_same("length", finish_name(result.finish), {"max_new_tokens 0: finish", kEnds});
}

TEST(Ch05NaiveGenerate, GenerateKeepsTheIdThatEndsTheText) {
  Desk desk(kSpec);
  const std::vector<int> prompt = {1, 2, 3};
  GenerateOptions options;
  options.max_new_tokens = 10;
  const std::vector<int> all = generate_naive(desk.model, prompt, options).tokens;
  ASSERT_EQ(all.size(), 10u);
  const auto at = std::find(all.begin(), all.end(), all[4]) - all.begin();  // its first time
  desk.model.config.eos_ids = {49, all[4]};

  const Generated ended = generate_naive(desk.model, prompt, options);
  const std::span<const int> until = std::span(all).first(static_cast<std::size_t>(at) + 1);
  const std::string input = "prompt [1, 2, 3], eos " + std::to_string(all[4]) +
                            ", which comes as "
                            "new token " +
                            std::to_string(at + 1);
  expect_same(until, ended.tokens, {input, kEnds});
  expect_same("eos", finish_name(ended.finish), {input, kEnds});

  options.ignore_eos = true;
  const Generated whole = generate_naive(desk.model, prompt, options);
  expect_same(all, whole.tokens, {input + ", ignored", kEnds});
  expect_same("length", finish_name(whole.finish), {input + ", ignored", kEnds});

  options.stop_ids = {all[4]};
  const Generated stopped = generate_naive(desk.model, prompt, options);
  expect_same(until, stopped.tokens, {input + ", ignored, but a stop id", kEnds});
  expect_same("stop_token", finish_name(stopped.finish),
              {input + ", ignored, but a stop id", kEnds});
}

TEST(Ch05NaiveGenerate, GenerateEndsWhereTheContextEnds) {
  const Desk desk(kSpec);  // context 40
  for (const std::size_t n : {1, 30, 39, 40}) {
    const std::vector<int> prompt = Dice(n).ids(n, 50);
    const Generated result = generate_naive(desk.model, prompt, greedy(100));
    const std::string input = std::to_string(n) + " tokens of prompt, context 40";
    expect_same(40 - n, result.tokens.size(), {input + ": new tokens", kEnds});
    expect_same("context_full", finish_name(result.finish), {input, kEnds});
  }
}

TEST(Ch05NaiveGenerate, GenerateRefusesAPromptBeyondTheContext) {
  const Desk desk(kSpec);
  const std::vector<int> prompt(41, 1);
  bool heard = false;
  GenerateOptions options = greedy(1);
  options.on_token = [&](int) { return heard = true; };
  expect_same("capacity", error_code_of([&] { generate_naive(desk.model, prompt, options); }),
              {"41 tokens of prompt, context 40", kEnds});
  EXPECT_FALSE(heard);
}

TEST(Ch05NaiveGenerate, GenerateAsksThePickerOfTheOptions) {
  const Desk desk(kSpec);
  const std::vector<int> prompt = {4, 5};
  std::vector<int> asked;
  GenerateOptions options;
  options.max_new_tokens = 3;
  options.pick = [&](std::span<const float> logits, std::size_t position) {
    asked.push_back(static_cast<int>(position));
    return static_cast<int>(logits.size() - position);
  };
  const Generated result = generate_naive(desk.model, prompt, options);
  expect_same(std::vector<int>{48, 47, 46}, result.tokens, {"vocabulary less position", kLoop});
  expect_same(std::vector<int>{2, 3, 4}, asked, {"positions asked for", kLoop});
}

TEST(Ch05NaiveGenerate, GenerateTellsTheCallbackOfEveryToken) {
  const Desk desk(kSpec);
  const std::vector<int> prompt = {4, 5};
  GenerateOptions options;
  options.max_new_tokens = 10;
  const std::vector<int> all = generate_naive(desk.model, prompt, options).tokens;
  for (const std::size_t stop_at : {1, 4, 10, 11}) {
    std::vector<int> heard;
    options.on_token = [&](int id) {
      heard.push_back(id);
      return heard.size() < stop_at;
    };
    const Generated result = generate_naive(desk.model, prompt, options);
    const std::string input =
        "10 tokens asked for, on_token returns false at token " + std::to_string(stop_at);
    const std::span<const int> expected = std::span(all).first(std::min<std::size_t>(stop_at, 10));
    expect_same(expected, heard, {input + ": heard", kLoop});
    expect_same(expected, result.tokens, {input + ": tokens", kLoop});
    // Another reason to end at the same token comes first.
    expect_same(stop_at < 10 ? "callback" : "length", finish_name(result.finish), {input, kEnds});
  }
}

TEST(Ch05NaiveGenerate, GenerateRefusesWhatItCannotStartFrom) {
  const Desk desk(kSpec);
  const auto code = [&](const std::vector<int>& prompt, const GenerateOptions& options) {
    return error_code_of([&] { generate_naive(desk.model, prompt, options); });
  };
  expect_same("bad_value", code({}, greedy(1)), {"an empty prompt", kLoop});
  expect_same("bad_value", code({1, 50}, greedy(1)), {"id 50 of 0 .. 49", kLoop});
  expect_same("bad_value", code({-1}, greedy(1)), {"id -1", kLoop});
  expect_same("bad_value", code({1}, greedy(-1)), {"max_new_tokens -1", kLoop});
  for (const double temperature :
       {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    GenerateOptions options;
    options.sampling.temperature = temperature;
    expect_same("bad_value", code({1}, options),
                {"temperature " + std::to_string(temperature), kLoop});
  }
  GenerateOptions options;
  options.sampling.top_p = 2;
  expect_same("bad_value", code({1}, options), {"top_p 2", kLoop});
}

// What the message says must help.
TEST(Ch05NaiveGenerate, TheCapacityErrorNamesBothNumbers) {
  const Desk desk(kSpec);
  try {
    check_generate(desk.model.config, std::vector<int>(55, 0), greedy(1));
    FAIL() << "55 tokens do not fit into 40";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCapacity);
    EXPECT_NE(std::string(error.what()).find("55"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("40"), std::string::npos) << error.what();
  }
}

TEST(Ch05NaiveGenerate, GenerateOtherTextsFromOtherSeeds) {
  const Desk desk(kSpec);
  const std::vector<int> prompt = {1, 2, 3};
  const auto tokens = [&](std::uint64_t seed, std::uint32_t stream) {
    GenerateOptions options;
    options.max_new_tokens = 20;
    options.seed = seed;
    options.stream = stream;
    return generate_naive(desk.model, prompt, options).tokens;
  };
  EXPECT_EQ(tokens(1, 0), tokens(1, 0)) << "the same seed, the same text";
  EXPECT_NE(tokens(1, 0), tokens(2, 0)) << "another seed";
  EXPECT_NE(tokens(1, 0), tokens(1, 1)) << "another stream";
  EXPECT_NE(tokens(1, 0), tokens((std::uint64_t{1} << 32) + 1, 0)) << "the seed's upper half";
}

}  // namespace
}  // namespace tokenwalk
