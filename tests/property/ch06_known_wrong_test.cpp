// Loops that are known to be wrong must not pass the check that the right one passes.

#include <gtest/gtest.h>

#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/06_cached_generate/known_wrong.h"
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
  EXPECT_EQ(fault_of(loop_from_zero).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongDecodeOnePlaceTooFarIsRejected) {
  EXPECT_EQ(fault_of(loop_one_too_far).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongLastPromptTokenFedTwiceIsRejected) {
  EXPECT_EQ(fault_of(loop_last_twice).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongWholeSequenceFedAgainIsRejected) {
  EXPECT_EQ(fault_of(loop_all_again).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongForgettingTheCacheIsRejected) {
  EXPECT_EQ(fault_of(loop_forgetting).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongCountingDrawsIsRejected) {
  EXPECT_EQ(fault_of(loop_counting_draws).substr(0, 6), "tokens");
}

TEST(Ch06CachedGenerate, KnownWrongCacheThatSavesNothingIsRejected) {
  EXPECT_NE(fault_of(loop_saving_nothing).find("positions evaluated"), std::string::npos);
}

// The chapter's own wrong loops, which stop at max_new_tokens alone, against cases that do.
TEST(Ch06CachedGenerate, KnownWrongLoopsOfTheChapterAreRejected) {
  const auto wrong_tokens = [](auto loop) {
    ThreadPool pool(1);
    const auto kernels = reference_kernel_set(pool);
    std::size_t wrong = 0;
    for (const std::uint64_t seed : case_seeds(8)) {
      GenerationCase test = draw_generation_case(seed);
      test.eos_ids.clear();
      test.options.stop_ids.clear();
      test.cancel_after = 1 << 20;
      test.spec.context = 512;
      const Generate generate = [&](const Model& model, std::span<const int> prompt,
                                    const GenerateOptions& options) {
        KvCache cache(model);
        Generated result = loop(model, cache, prompt, options);
        for (const int id : result.tokens) options.on_token(id);
        return result;
      };
      wrong += find_fault(generate, test, *kernels).starts_with("tokens");
    }
    return wrong;
  };
  EXPECT_GT(wrong_tokens(generate_feeding_last_twice), 0u);
  EXPECT_GT(wrong_tokens(generate_feeding_everything), 0u);
}

// A bias that one of the two forwards forgets shows in the bits, whichever it is.
TEST(Ch06CachedGenerate, KnownWrongForgottenBiasIsRejected) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  const TinyRandomModel random({.bias = true, .n_layers = 2});
  const std::vector<int> ids = Dice(1).ids(9, random.config().vocab);
  const RunResult expected = run_full(random.build(*kernels), ids);
  using Layer = LayerWeights;
  for (const auto bias : {&Layer::q_bias, &Layer::k_bias, &Layer::v_bias, &Layer::o_bias,
                          &Layer::gate_bias, &Layer::up_bias, &Layer::down_bias}) {
    Model forgetful = random.build(*kernels);
    KvCache whole(forgetful), cut(forgetful);
    const std::vector<float> right = prefill(forgetful, whole, ids);
    const auto last_row = std::span(expected.logits).last(right.size());
    EXPECT_EQ(describe_difference("logits", right.size(), last_row, right), "");
    (forgetful.layers[1].*bias).clear();
    EXPECT_NE(describe_difference("logits", right.size(), last_row, prefill(forgetful, cut, ids)),
              "");
  }
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
