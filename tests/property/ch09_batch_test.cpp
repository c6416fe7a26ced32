// Texts that join and leave at random, each held against itself alone: tokens, finish, logits, K
// and V, as bits.

#include <gtest/gtest.h>

#include "tests/property/ch09_cases.h"
#include "tests/support/machines.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"

namespace tokenwalk {
namespace {

// A text of the batch, and what has been heard of it.
struct Watched {
  const GenerationCase* text;
  std::size_t number = 0;
  bool left = false;
  std::vector<float> logits;  // that its tokens were sampled from
};

// Options that keep the logits.
GenerateOptions keeping(Watched& watched) {
  GenerateOptions options = fresh_options(*watched.text);
  options.pick = [&watched](std::span<const float> logits, std::size_t position) {
    watched.logits.insert(watched.logits.end(), logits.begin(), logits.end());
    return sample_at(logits, position, watched.text->options);
  };
  return options;
}

std::vector<int> ids_of(const Watched& watched, const RaggedBatch& batch) {
  std::vector<int> ids = watched.text->prompt;
  const std::vector<int>& tokens = batch.result(watched.number).tokens;
  ids.insert(ids.end(), tokens.begin(), tokens.end());
  return ids;
}

// K and V of a running text against one full pass over its own ids.
std::string check_cache(const Model& model, const Watched& watched, const RaggedBatch& batch) {
  const KvCache* cache = batch.cache(watched.number);
  if (cache == nullptr) return batch.ended(watched.number) ? "" : "a running text has no cache";
  if (cache->length() == 0) return "";
  std::vector<int> ids = ids_of(watched, batch);
  if (cache->length() > ids.size()) return "more is cached than there is text";
  ids.resize(cache->length());
  std::vector<float> kv;
  for (std::size_t i = 0; i < model.config.n_layers; ++i) {
    append_kv(model, cache->layer(i), ids.size(), kv);
  }
  return describe_difference("K and V", model.config.attention.kv_size(), run_full(model, ids).kv,
                             kv);
}

// Tokens, finish and logits at the end against generate_naive and one full pass.
std::string check_result(const Model& model, const Watched& watched, const RaggedBatch& batch) {
  const Generated got = batch.result(watched.number);
  Generated expected = generate_naive(model, watched.text->prompt, fresh_options(*watched.text));
  const std::size_t n_prompt = watched.text->prompt.size();
  expected.evaluated = n_prompt + std::max<std::size_t>(expected.tokens.size(), 1) - 1;
  if (watched.left) {
    expected.tokens.resize(std::min(expected.tokens.size(), got.tokens.size()));
    expected.finish = Finish::kCallback;
    expected.evaluated = got.evaluated;
  }
  const std::string difference = describe_difference(expected, got);
  if (!difference.empty() || got.tokens.empty()) return difference;
  std::vector<int> ids = ids_of(watched, batch);
  ids.pop_back();
  const std::vector<float> full = run_full(model, ids).logits;
  return describe_difference("logits", model.config.vocab,
                             std::span(full).subspan((n_prompt - 1) * model.config.vocab),
                             watched.logits);
}

std::string find_fault(std::uint64_t seed, const KernelSet& kernels) {
  const BatchCase test = draw_batch_case(seed);
  const Model model = build_model(test, kernels);
  Dice dice(seed, 29);
  RaggedBatch batch(model, dice.below(12));
  std::deque<Watched> watched;
  for (std::size_t joined = 0; joined < test.texts.size() || batch.step();) {
    if (joined < test.texts.size() && dice.chance(0.4)) {
      Watched& text = watched.emplace_back(Watched{&test.texts[joined++], 0, false, {}});
      text.number = batch.join(text.text->prompt, keeping(text));
    }
    if (joined < test.texts.size()) batch.step();
    for (Watched& text : watched) {
      if (!batch.ended(text.number) && dice.chance(0.02)) {
        batch.leave(text.number);
        text.left = true;
      }
      const std::string fault = dice.chance(0.3) ? check_cache(model, text, batch) : "";
      if (!fault.empty()) return "text " + std::to_string(text.number) + ": " + fault;
    }
  }
  for (const Watched& text : watched) {
    const std::string fault = check_result(model, text, batch);
    if (!fault.empty()) return "text " + std::to_string(text.number) + ": " + fault;
  }
  return "";
}

TEST(Ch09Batch, ATextIsWhatItIsAloneWhoeverJoinsAndLeaves) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(12)) {
      ASSERT_EQ(find_fault(seed, kernels), "")
          << machine_name(kernels, threads) << ", case seed " << seed;
    }
  });
}

// Samples of one prompt, each against itself alone; the prompt is evaluated once.
std::string find_sample_fault(std::uint64_t seed, const KernelSet& kernels) {
  const BatchCase test = draw_batch_case(seed);
  const Model model = build_model(test, kernels);
  const GenerationCase& text = test.texts[0];
  std::vector<GenerateOptions> samples(3, text.options);
  for (std::uint32_t i = 0; i < 3; ++i) samples[i].stream = i;
  RaggedBatch batch(model, 3);
  for (const GenerationCase& other : test.texts) batch.join(other.prompt, other.options);
  const std::size_t first = batch.join(text.prompt, samples);
  while (batch.step()) {
  }
  for (std::size_t i = 0; i < 3; ++i) {
    Generated expected = generate_cached(model, text.prompt, samples[i]);
    if (i > 0) expected.evaluated -= text.prompt.size();
    const std::string fault = describe_difference(expected, batch.result(first + i));
    if (!fault.empty()) return "sample " + std::to_string(i) + ": " + fault;
  }
  return "";
}

TEST(Ch09Batch, SamplesShareTheirPrompt) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(12)) {
      ASSERT_EQ(find_sample_fault(seed, kernels), "")
          << machine_name(kernels, threads) << ", case seed " << seed;
    }
  });
}

}  // namespace
}  // namespace tokenwalk
