// The rules of a batch one by one, and batches that are known to be wrong.

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "chapters/04_transformer/program/forwarding_kernels.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/09_ragged_batch/known_wrong.h"
#include "lib/base/check.h"
#include "lib/base/error.h"
#include "tests/property/ch09_cases.h"
#include "tests/support/random_cases.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const char* const kShare = "page 09, Who feeds what";
const char* const kNext = "page 09, A new token";

class Ch09Rules : public testing::Test {
 protected:
  ThreadPool pool_{1};
  std::unique_ptr<KernelSet> kernels_ = reference_kernel_set(pool_);
  Model model_ = TinyRandomModel({.hidden = 24, .vocab = 60, .context = 30}).build(*kernels_);
  RaggedBatch batch_{model_, 4};

  std::vector<int> ids(std::size_t n) const { return Dice(n).ids(n, 60); }
  void run_out() {
    while (batch_.step()) {
    }
  }
  void expect_alone(std::size_t text, std::span<const int> prompt,
                    const GenerateOptions& options) const {
    EXPECT_EQ(describe_difference(generate_cached(model_, prompt, options), batch_.result(text)),
              "")
        << "text " << text << "\n  read:  " << kNext;
  }
};

// ---- who feeds what ----------------------------------------------------------------------------

TEST(Ch09ShareRows, EverybodyFeedsOneAndPromptsShareTheRest) {
  using Counts = std::vector<std::size_t>;
  struct {
    Counts unfed;
    std::size_t prompt_rows;
    Counts expected;
  } const cases[] = {
      {{}, 4, {}},
      {{1}, 4, {1}},
      {{1, 1, 1}, 0, {1, 1, 1}},
      {{10}, 4, {5}},
      {{10}, 0, {1}},
      {{3}, 64, {3}},
      {{1, 10, 1}, 4, {1, 5, 1}},
      {{3, 10, 1, 10}, 4, {3, 3, 1, 1}},
      {{5, 9}, 4, {5, 1}},
      {{4, 2, 2}, 4, {4, 2, 1}},
  };
  for (const auto& test : cases) {
    const Counts got = share_rows(test.unfed, test.prompt_rows);
    EXPECT_EQ(got, test.expected) << "  unfed "
                                  << show(std::vector<int>(test.unfed.begin(), test.unfed.end()))
                                  << ", prompt_rows " << test.prompt_rows
                                  << "\n  read:  " << kShare;
  }
}

TEST_F(Ch09Rules, NobodyWaitsForALongPrompt) {
  batch_.join(ids(3), greedy_options(20));
  batch_.step();
  batch_.join(ids(29), greedy_options(1));
  batch_.join(ids(5), greedy_options(9));
  for (std::size_t step = 1; step <= 5; ++step) {
    batch_.step();
    EXPECT_EQ(batch_.result(0).tokens.size(), step + 1) << "the running text gets one a step";
    EXPECT_EQ(batch_.result(1).evaluated, 5 * step) << "the first prompt: one and 4 more a step";
    EXPECT_EQ(batch_.result(2).evaluated, step) << "the second prompt: one a step";
  }
  EXPECT_EQ(batch_.result(2).tokens.size(), 1u) << "after five steps its five ids are fed";
}

// Counts products: a pass over the weights is always as many.
struct CountingKernels : ForwardingKernels {
  using ForwardingKernels::ForwardingKernels;
  void matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const override {
    ++n_products;
    inner_.matmul(w, x, n_rows, y);
  }
  mutable std::size_t n_products = 0;
};

TEST_F(Ch09Rules, AStepIsOnePassOverTheWeights) {
  CountingKernels counting(*kernels_);
  model_.kernels = &counting;
  for (const std::size_t n : {1, 2, 7}) {
    RaggedBatch batch(model_);
    for (std::size_t i = 0; i < n; ++i) batch.join(ids(2 + i), greedy_options(5));
    counting.n_products = 0;
    for (int step = 0; step < 5; ++step) batch.step();
    EXPECT_EQ(counting.n_products, 5 * (7 * model_.config.n_layers + 1)) << n << " texts";
  }
}

// ---- ends --------------------------------------------------------------------------------------

TEST_F(Ch09Rules, EveryTextHasItsOwnEnd) {
  GenerateOptions stopping = greedy_options(20);
  stopping.stop_ids = {generate_cached(model_, ids(4), greedy_options(20)).tokens[2]};
  struct {
    std::size_t n_prompt;
    GenerateOptions options;
    Finish finish;
  } const texts[] = {{6, greedy_options(3), Finish::kLength},
                     {4, stopping, Finish::kStopToken},
                     {7, greedy_options(0), Finish::kLength},
                     {25, greedy_options(20), Finish::kContextFull},
                     {30, greedy_options(4), Finish::kContextFull}};
  for (const auto& text : texts) batch_.join(ids(text.n_prompt), text.options);
  run_out();
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    expect_alone(i, ids(texts[i].n_prompt), texts[i].options);
    expect_same(finish_name(texts[i].finish), finish_name(batch_.result(i).finish),
                {"text " + std::to_string(i), kNext});
    EXPECT_TRUE(batch_.ended(i));
  }
}

TEST_F(Ch09Rules, ATextThatLeavesEndsWhereItIs) {
  for (const std::size_t n : {3, 9, 4}) batch_.join(ids(n), greedy_options(8));
  batch_.step();
  batch_.step();
  batch_.leave(0);
  batch_.leave(1);  // in the middle of its prompt
  EXPECT_EQ(batch_.cache(0), nullptr);
  const std::size_t fed = batch_.result(1).evaluated;
  run_out();
  EXPECT_EQ(batch_.result(1).evaluated, fed) << "nothing of it is fed any more";
  EXPECT_EQ(batch_.result(0).tokens.size(), 2u);
  EXPECT_EQ(batch_.result(0).finish, Finish::kCallback);
  EXPECT_EQ(batch_.result(1).tokens.size(), 0u);
  expect_alone(2, ids(4), greedy_options(8));
  batch_.leave(2);  // has ended already
  EXPECT_EQ(batch_.result(2).finish, Finish::kLength);
}

TEST_F(Ch09Rules, ASampleMayLeaveBeforeItsPromptIsFed) {
  const std::vector<GenerateOptions> samples(3, greedy_options(4));
  batch_.join(ids(20), samples);
  batch_.step();
  batch_.leave(0);
  run_out();
  EXPECT_TRUE(batch_.result(0).tokens.empty());
  for (const std::size_t text : {1, 2}) {
    EXPECT_EQ(batch_.result(text).tokens,
              generate_cached(model_, ids(20), greedy_options(4)).tokens);
  }
}

TEST_F(Ch09Rules, TextsMayJoinAndLeaveInACallback) {
  GenerateOptions inviting = greedy_options(6);
  inviting.on_token = [&, n = 0](int) mutable {
    if (++n == 2) {
      batch_.join(ids(5), greedy_options(3));
      batch_.leave(1);
    }
    return true;
  };
  batch_.join(ids(3), inviting);
  batch_.join(ids(4), greedy_options(9));
  run_out();
  expect_alone(0, ids(3), greedy_options(6));
  EXPECT_EQ(batch_.result(1).tokens.size(), 0u) << "it left before its first token was drawn";
  expect_alone(2, ids(5), greedy_options(3));
}

// ---- errors ------------------------------------------------------------------------------------

TEST_F(Ch09Rules, ABadRequestDoesNotJoin) {
  batch_.join(ids(3), greedy_options(5));
  EXPECT_THROW(batch_.join({}, greedy_options(5)), Error);
  EXPECT_THROW(batch_.join(ids(31), greedy_options(5)), Error);
  EXPECT_THROW(batch_.join(std::vector<int>{60}, greedy_options(5)), Error);
  EXPECT_THROW(batch_.join(ids(3), greedy_options(-1)), Error);
  const std::vector<GenerateOptions> samples = {greedy_options(5), greedy_options(-1)};
  EXPECT_THROW(batch_.join(ids(3), samples), Error);
  EXPECT_EQ(batch_.join(ids(4), greedy_options(5)), 1u);
  run_out();
  expect_alone(0, ids(3), greedy_options(5));
  expect_alone(1, ids(4), greedy_options(5));
}

TEST_F(Ch09Rules, AnErrorEndsItsTextAlone) {
  GenerateOptions failing = greedy_options(9);
  failing.on_token = [n = 0](int) mutable -> bool {
    if (++n == 3) throw std::runtime_error("enough");
    return true;
  };
  batch_.join(ids(3), greedy_options(6));
  batch_.join(ids(4), failing);
  batch_.join(ids(5), greedy_options(7));
  run_out();
  expect_alone(0, ids(3), greedy_options(6));
  expect_alone(2, ids(5), greedy_options(7));
  EXPECT_THROW(batch_.result(1), std::runtime_error);
  EXPECT_TRUE(batch_.ended(1));
}

TEST(Ch09Broken, LogitsThatAreNoNumbersEndTheirTextAlone) {
  ThreadPool pool(1);
  const std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
  const Model model = TinyRandomModel({.vocab = 40, .kind = WeightKind::kBroken}).build(*kernels);
  RaggedBatch batch(model);
  GenerateOptions options = greedy_options(4);
  options.pick = [](std::span<const float>, std::size_t position) {
    return static_cast<int>(position);
  };
  batch.join(std::vector<int>{3, 39}, greedy_options(4));  // id 39 holds NaN or inf
  batch.join(std::vector<int>{3, 4}, options);
  while (batch.step()) {
  }
  EXPECT_THROW(batch.result(0), Error);
  EXPECT_EQ(batch.result(1).tokens, (std::vector<int>{2, 3, 4, 5}));
}

TEST_F(Ch09Rules, AResultIsTakenOnceItsTextHasEnded) {
  GenerateOptions options;
  options.max_new_tokens = 3;
  const std::size_t text = batch_.join(ids(4), options), other = batch_.join(ids(5), options);
  EXPECT_THROW(batch_.take(text), CheckFailure) << "still running";
  run_out();
  EXPECT_EQ(describe_difference(generate_cached(model_, ids(4), options), batch_.take(text)), "");
  EXPECT_TRUE(batch_.result(text).tokens.empty()) << "nothing is kept";
  expect_alone(other, ids(5), options);
  EXPECT_EQ(batch_.join(ids(6), options), 2u) << "the number stays taken";
}

TEST_F(Ch09Rules, AnEmptyBatchHasNothingToDo) {
  EXPECT_FALSE(batch_.step());
  EXPECT_TRUE(generate_batch(model_, {}).empty());
}

// ---- all at once, right and wrong --------------------------------------------------------------

using GenerateAll =
    std::function<std::vector<Generated>(const Model&, std::span<const BatchRequest>)>;

// Whether every text comes out as it does alone, over random models and texts.
std::string check_all(const GenerateAll& generate, const KernelSet& kernels) {
  for (const std::uint64_t seed : case_seeds(30)) {
    const BatchCase test = draw_batch_case(seed);
    const Model model = build_model(test, kernels);
    std::vector<BatchRequest> requests;
    for (const GenerationCase& text : test.texts) requests.push_back({text.prompt, text.options});
    const std::vector<Generated> results = generate(model, requests);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Generated alone = generate_cached(model, requests[i].prompt, requests[i].options);
      alone.evaluated = results[i].evaluated;  // what counts is the text
      const std::string fault = describe_difference(alone, results[i]);
      if (!fault.empty()) return "text " + std::to_string(i) + ": " + fault;
    }
  }
  return "";
}

TEST_F(Ch09Rules, AllTogetherAreWhatEachIsAlone) {
  EXPECT_EQ(check_all([](const Model& m, auto r) { return generate_batch(m, r); }, *kernels_), "");
  EXPECT_EQ(check_all([](const Model& m, auto r) { return generate_batch(m, r, 0); }, *kernels_),
            "");
}

TEST_F(Ch09Rules, KnownWrongBatchesAreRejected) {
  EXPECT_NE(
      check_all([](const Model& m, auto r) { return generate_left_padded(m, r, 0); }, *kernels_),
      "");
  EXPECT_NE(check_all(generate_with_one_end, *kernels_), "");
  EXPECT_NE(check_all(generate_with_one_stream, *kernels_), "");
}

}  // namespace
}  // namespace tokenwalk
