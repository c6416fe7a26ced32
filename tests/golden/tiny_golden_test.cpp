// The bundled model against transformers: data/golden/tiny_logits.json and .npy, which
// tools/tiny_model made.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "chapters/01_tokenizer/published.h"
#include "chapters/04_transformer/forward_full.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/06_cached_generate/proof.h"
#include "lib/base/data_path.h"
#include "tests/golden/golden_files.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

constexpr double kTinyAllowed = 1e-4;  // between two float32 computations of the same logits

Golden load_tiny() {
  return load_golden("tiny_logits.json", "tiny_logits.npy");
}

// The largest difference between two rows of numbers; infinite if one is NaN.
double largest_difference(std::span<const float> a, std::span<const float> b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double off = std::abs(double{a[i]} - b[i]);
    largest = std::isnan(off) ? INFINITY : std::max(largest, off);
  }
  return largest;
}

TEST(TinyGolden, TextsBecomeTheSameIds) {
  const PublishedTokenizer tokenizer = load_tokenizer(data_path("tiny"));
  for (const GoldenPrompt& prompt : load_tiny().prompts) {
    expect_same(prompt.ids, tokenizer.encode(prompt.text, true, tokenizer.add_bos),
                {"\"" + prompt.text + "\"", "page 01"});
  }
}

TEST(TinyGolden, LogitsAgreeWithTransformers) {
  const Golden golden = load_tiny();
  for_each_exact_set([&](const KernelSet& kernels) {
    const Model model = load_model(data_path("tiny"), kernels);
    const std::size_t vocab = model.config.vocab;
    ASSERT_EQ(golden.logits.shape.at(1), vocab);
    double largest = 0;
    for (const GoldenPrompt& prompt : golden.prompts) {
      const auto expected =
          std::span(golden.logits.values).subspan(prompt.first_row * vocab, prompt.n_rows * vocab);
      const std::vector<float> got = forward_full(model, prompt.ids, LogitRows::kAll).logits;
      ASSERT_EQ(got.size(), expected.size());
      const double off = largest_difference(expected, got);
      EXPECT_LE(off, kTinyAllowed) << "\"" << prompt.text << "\"";
      largest = std::max(largest, off);
    }
    testing::Test::RecordProperty("largest_difference", std::to_string(largest));
  });
}

TEST(TinyGolden, GreedyTokensAreTheSame) {
  const Golden golden = load_tiny();
  GenerateOptions options;
  options.max_new_tokens = 32;
  options.sampling.temperature = 0;
  options.ignore_eos = true;
  for_each_exact_set([&](const KernelSet& kernels) {
    const Model model = load_model(data_path("tiny"), kernels);
    for (const GoldenPrompt& prompt : golden.prompts) {
      expect_same(prompt.greedy, generate_cached(model, prompt.ids, options).tokens,
                  {"\"" + prompt.text + "\", 32 greedy tokens", "page 06"});
    }
  });
}

TEST(TinyGolden, CachedEqualsUncachedInEveryBit) {
  const Golden golden = load_tiny();
  for_each_exact_set([&](const KernelSet& kernels) {
    const Model model = load_model(data_path("tiny"), kernels);
    Dice dice(1);
    for (const GoldenPrompt& prompt : golden.prompts) {
      std::vector<std::size_t> calls;
      for (std::size_t left = prompt.ids.size(); left > 0; left -= calls.back()) {
        calls.push_back(dice.between(1, std::min<std::size_t>(left, 20)));
      }
      const Proof proof = prove_cached_equals_full(model, prompt.ids, calls);
      EXPECT_EQ(proof.logits, prompt.ids.size() * model.config.vocab);
      EXPECT_EQ(proof.logits_differ, 0u) << prompt.text;
      EXPECT_EQ(proof.kv_differ, 0u) << prompt.text;
    }
  });
}

}  // namespace
}  // namespace tokenwalk
