// Loops that are known to be wrong must not pass the check that the right one passes.

#include <gtest/gtest.h>

#include <algorithm>

#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/05_naive_generate/known_wrong.h"
#include "chapters/06_cached_generate/known_wrong.h"
#include "tests/support/dice.h"
#include "tests/support/generation_check.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/wrong_loops.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kCases = 40;

// A loop that claims to have evaluated what the right one does: only its tokens can give it away.
Generate claiming(const Generate& loop) {
  return [loop](const Model& model, std::span<const int> prompt, const GenerateOptions& options) {
    Generated result = loop(model, prompt, options);
    result.evaluated = prompt.size() + std::max<std::size_t>(result.tokens.size(), 1) - 1;
    return result;
  };
}

// The first fault that the check finds in a loop, "" if it takes it for right.
std::string fault_of(const Generate& generate) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  return find_fault(generate, case_seeds(kCases), *kernels);
}

// The same for a loop that turns heads by wrong angles.
template <typename Loop>
std::string fault_of_turned(Loop loop) {
  ThreadPool pool(1);
  const auto reference = reference_kernel_set(pool);
  TurnedKernels kernels(*reference);
  const Generate generate = [&](const Model& model, std::span<const int> prompt,
                                const GenerateOptions& options) {
    return loop(kernels, model, prompt, options);
  };
  return find_fault(claiming(generate), case_seeds(kCases), kernels);
}

// A loop of the chapter, which shows its cache to the page, with a cache of its own.
template <typename Loop>
Generate with_cache(Loop loop) {
  return [loop](const Model& model, std::span<const int> prompt, const GenerateOptions& options) {
    KvCache cache(model);
    return loop(model, cache, prompt, options);
  };
}

Generated right(const Model& model, std::span<const int> prompt, const GenerateOptions& options) {
  return generate_cached(model, prompt, options);
}

// The right loop with the ends of the wrong ones: what they share must be right.
Generated right_with_their_ends(const Model& model, KvCache& cache, std::span<const int> prompt,
                                const GenerateOptions& options) {
  Generated result;
  std::vector<float> logits = prefill(model, cache, prompt);
  while (goes_on(model.config, prompt.size(), options, result)) {
    if (!result.tokens.empty()) logits = prefill(model, cache, {&result.tokens.back(), 1});
    result.tokens.push_back(sample_at(logits, prompt.size() + result.tokens.size(), options));
  }
  result.evaluated = cache.length();
  return result;
}

TEST(Ch06CachedGenerate, KnownWrongTheRightLoopPassesTheCheck) {
  EXPECT_EQ(fault_of(right), "");
  EXPECT_EQ(fault_of(with_cache(right_with_their_ends)), "");
}

TEST(Ch06CachedGenerate, KnownWrongDecodeFromPositionZeroIsRejected) {
  EXPECT_EQ(fault_of_turned(loop_from_zero).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongDecodeOnePlaceTooFarIsRejected) {
  EXPECT_EQ(fault_of_turned(loop_one_too_far).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongLastPromptTokenFedTwiceIsRejected) {
  EXPECT_EQ(fault_of(claiming(with_cache(generate_feeding_last_twice))).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongWholeSequenceFedAgainIsRejected) {
  EXPECT_EQ(fault_of(claiming(with_cache(generate_feeding_everything))).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongForgettingTheCacheIsRejected) {
  EXPECT_EQ(fault_of(claiming(loop_forgetting)).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongDrawsKeyedByTheStepAreRejected) {
  EXPECT_EQ(fault_of(claiming(generate_keyed_by_step)).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongCacheThatSavesNothingIsRejected) {
  EXPECT_NE(fault_of(loop_saving_nothing).find("positions evaluated"), std::string::npos);
}

// The wrong offset is all that is wrong with the loops that turn: with the right one they give
// forward_cached's bits.
TEST(Ch06CachedGenerate, KnownWrongLoopsDifferInTheOffsetAlone) {
  ThreadPool pool(1);
  const auto reference = reference_kernel_set(pool);
  TurnedKernels kernels(*reference);
  for (const std::uint64_t seed : case_seeds(5)) {
    const Model model = TinyRandomModel(draw_spec(seed)).build(kernels);
    KvCache cache(model), turned(model);
    Dice dice(seed);
    for (const int id : dice.ids(10, model.config.vocab)) {
      const std::vector<float> expected = prefill(model, cache, {&id, 1});
      const std::vector<float> got = feed_turned(kernels, model, turned, id, turned.length());
      ASSERT_EQ(describe_difference("logits", expected.size(), expected, got), "");
    }
  }
}

}  // namespace
}  // namespace tokenwalk
