#include <gtest/gtest.h>

#include <set>
#include "chapters/06_cached_generate/generate_cached.h"
#include "lib/base/error.h"
#include "tests/support/dice.h"
#include "tests/support/generation_check.h"
#include "tests/support/machines.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

// generate_cached with a chunk for prefill.
Generate in_chunks_of(std::size_t chunk) {
  return [chunk](const Model& model, std::span<const int> prompt, const GenerateOptions& options) {
    return generate_cached(model, prompt, options, chunk);
  };
}

TEST(Ch06CachedGenerate, CachedGenerationEqualsNaiveGeneration) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(20)) {
      const std::size_t chunk = Dice(seed, 12).between(1, 22);
      ASSERT_EQ(find_fault(in_chunks_of(chunk), draw_generation_case(seed), kernels), "")
          << machine_name(kernels, threads) << ", chunks of " << chunk << ", case seed " << seed;
    }
  });
}

// Every way to end occurs among the cases, so the test above tests all of them.
TEST(Ch06CachedGenerate, TheCasesEndInEveryWay) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  std::set<Finish> ends;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const GenerationCase test = draw_generation_case(seed);
    GenerateOptions options = test.options;
    std::size_t heard = 0;
    options.on_token = [&](int) { return ++heard < test.cancel_after; };
    const Generated result = generate_naive(build_model(test, *kernels), test.prompt, options);
    ends.insert(result.finish);
  }
  for (const Finish finish : {Finish::kLength, Finish::kEos, Finish::kStopToken,
                              Finish::kContextFull, Finish::kCallback}) {
    EXPECT_EQ(ends.count(finish), 1u) << "no case ends with " << finish_name(finish);
  }
}

// The draw of a token belongs to its position: chunks, and what was generated at once or in two
// parts, cannot change it.
TEST(Ch06CachedGenerate, DrawsDoNotDependOnTheChunks) {
  ThreadPool pool(2);
  const auto kernels = reference_kernel_set(pool);
  for (const std::uint64_t seed : case_seeds(10)) {
    const Model model = TinyRandomModel(draw_spec(seed)).build(*kernels);
    Dice dice(seed, 13);
    const std::vector<int> prompt = dice.ids(dice.between(2, 15), model.config.vocab);
    GenerateOptions options;
    options.max_new_tokens = 16;
    options.seed = seed;
    const Generated whole = generate_cached(model, prompt, options);
    const Told told = {"prompt " + show(prompt), "page 05, The draw belongs to a position"};
    for (std::size_t chunk = 1; chunk <= prompt.size(); ++chunk) {
      expect_same(whole.tokens, generate_cached(model, prompt, options, chunk).tokens, told);
    }

    std::vector<int> longer = prompt;
    longer.insert(longer.end(), whole.tokens.begin(), whole.tokens.begin() + 6);
    options.max_new_tokens = 10;
    expect_same(std::span(whole.tokens).subspan(6), generate_cached(model, longer, options).tokens,
                told);
  }
}

// A model with a context of 30 on the reference kernels with one thread.
struct Desk {
  ThreadPool pool{1};
  std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
  Model model = TinyRandomModel({.hidden = 24, .vocab = 60, .context = 30}).build(*kernels);
};

// P + N - 1: the last token has not been fed.
TEST(Ch06CachedGenerate, DecodeLeavesTheLastTokenUnfed) {
  const Desk desk;
  const Model& model = desk.model;
  const std::vector<int> prompt = {5, 6, 7, 8};
  for (const int n : {0, 1, 2, 9}) {
    GenerateOptions options;
    options.max_new_tokens = n;
    KvCache cache(model);
    const Generated result = decode(model, cache, prefill(model, cache, prompt), options);
    const Told told = {"4 tokens of prompt, " + std::to_string(n) + " new ones", "page 06, Decode"};
    const auto fed = static_cast<std::size_t>(std::max(n - 1, 0));
    expect_same(fed, result.evaluated, {told.input + ": positions evaluated", told.read});
    expect_same(4 + fed, cache.length(), {told.input + ": positions held", told.read});

    std::vector<int> held = prompt;
    held.insert(held.end(), result.tokens.begin(),
                result.tokens.begin() + static_cast<std::ptrdiff_t>(fed));
    std::vector<float> kv;
    append_kv(model, cache.layer(0), cache.length(), kv);
    EXPECT_EQ(describe_difference("K and V of layer 0", 16, run_full(model, held).kv, kv), "")
        << told.input;
  }
}

TEST(Ch06CachedGenerate, DecodeStopsWhereTheContextEnds) {
  const Desk desk;
  const Model& model = desk.model;
  GenerateOptions options;
  options.max_new_tokens = 100;
  const std::vector<int> prompt = Dice(3).ids(26, 60);
  const Generated result = generate_cached(model, prompt, options);
  expect_same(4, result.tokens.size(), {"26 tokens of prompt, context 30", "page 06, Decode"});
  expect_same("context_full", finish_name(result.finish),
              {"26 tokens of prompt, context 30: finish", "page 06, Decode"});

  const std::vector<int> full = Dice(3).ids(30, 60);
  const Generated none = generate_cached(model, full, options);
  expect_same(0, none.tokens.size(), {"30 tokens of prompt, context 30", "page 06, Decode"});
  expect_same("context_full", finish_name(none.finish),
              {"30 tokens of prompt, context 30: finish", "page 06, Decode"});
}

TEST(Ch06CachedGenerate, RefusesWhatNaiveGenerationRefuses) {
  const Desk desk;
  const Model& model = desk.model;
  const auto code_of = [&](const std::vector<int>& prompt) {
    try {
      generate_cached(model, prompt, {});
    } catch (const Error& error) {
      return std::string(error_code_name(error.code()));
    }
    return std::string("no error");
  };
  EXPECT_EQ(code_of({}), "bad_value");
  EXPECT_EQ(code_of({60}), "bad_value");
  EXPECT_EQ(code_of({-1}), "bad_value");
  EXPECT_EQ(code_of(std::vector<int>(31, 1)), "capacity");
}

}  // namespace
}  // namespace tokenwalk
