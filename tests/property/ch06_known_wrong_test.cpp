// Loops that are known to be wrong must not pass the check that the right one passes.

#include <gtest/gtest.h>

#include "chapters/04_transformer/reference_kernels.h"
#include "tests/support/dice.h"
#include "tests/support/generation_check.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/wrong_loops.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kCases = 40;

// The first fault that the check finds in a loop, "" if it takes it for right.
std::string fault_of(const Generate& generate) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  return find_fault(generate, case_seeds(kCases), *kernels);
}

Generated right(const Model& model, std::span<const int> prompt, const GenerateOptions& options) {
  return generate_cached(model, prompt, options);
}

TEST(Ch06CachedGenerate, KnownWrongTheRightLoopPassesTheCheck) {
  EXPECT_EQ(fault_of(right), "");
}

TEST(Ch06CachedGenerate, KnownWrongDecodeFromPositionZeroIsRejected) {
  EXPECT_NE(fault_of(generate_from_zero).find("tokens"), std::string::npos);
}

TEST(Ch06CachedGenerate, KnownWrongDecodeOnePlaceTooFarIsRejected) {
  EXPECT_NE(fault_of(generate_one_too_far).find("tokens"), std::string::npos);
}

TEST(Ch06CachedGenerate, KnownWrongLastPromptTokenFedTwiceIsRejected) {
  EXPECT_NE(fault_of(generate_feeding_last_twice).find("tokens"), std::string::npos);
}

TEST(Ch06CachedGenerate, KnownWrongWholeSequenceFedAgainIsRejected) {
  EXPECT_NE(fault_of(generate_feeding_all_again).find("tokens"), std::string::npos);
}

TEST(Ch06CachedGenerate, KnownWrongForgettingTheCacheIsRejected) {
  EXPECT_NE(fault_of(generate_forgetting).find("tokens"), std::string::npos);
}

TEST(Ch06CachedGenerate, KnownWrongCountingDrawsIsRejected) {
  EXPECT_NE(fault_of(generate_counting_draws).find("tokens"), std::string::npos);
}

TEST(Ch06CachedGenerate, KnownWrongCacheThatSavesNothingIsRejected) {
  EXPECT_NE(fault_of(generate_without_saving).find("positions evaluated"), std::string::npos);
}

// The wrong offset is all that is wrong with the wrong loops: with the right one their forward pass
// gives forward_cached's bits.
TEST(Ch06CachedGenerate, KnownWrongLoopsDifferInTheOffsetAlone) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  for (const std::uint64_t seed : case_seeds(5)) {
    const Model model = TinyRandomModel(draw_spec(seed)).build(*kernels);
    KvCache cache(model), turned(model);
    Dice dice(seed);
    for (const int id : dice.ids(10, model.config.vocab)) {
      const std::vector<float> expected = prefill(model, cache, {&id, 1});
      const std::vector<float> got = forward_turned(model, turned, id, turned.length());
      ASSERT_EQ(describe_difference("logits", expected.size(), expected, got), "");
    }
  }
}

}  // namespace
}  // namespace tokenwalk
