// A published model, SmolLM2-135M-Instruct, against transformers on the same dequantised weights:
// data/golden/smollm2.json and smollm2_logits.npy, which tools/smollm2 made.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "chapters/01_tokenizer/published.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/06_cached_generate/proof.h"
#include "tests/golden/golden_files.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/told.h"

#if defined(__has_feature)
#define TOKENWALK_HAS_FEATURE(name) __has_feature(name)
#else
#define TOKENWALK_HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    TOKENWALK_HAS_FEATURE(address_sanitizer) || TOKENWALK_HAS_FEATURE(thread_sanitizer)
#define TOKENWALK_SANITIZED 1
#else
#define TOKENWALK_SANITIZED 0
#endif

namespace tokenwalk {
namespace {

constexpr const char* kFile = "SmolLM2-135M-Instruct.Q4_1.gguf";
constexpr double kSmolAllowed = 2e-3;  // between two float32 computations of the same logits

// Why the model cannot be tested here, if so.
std::optional<std::string> reason_to_skip() {
  if (TOKENWALK_SANITIZED) return "135 million parameters take minutes under a sanitizer";
  const auto path = model_path(kFile);
  if (std::filesystem::exists(path)) return std::nullopt;
  return "no " + path.string() + ": fetch it with tools/get_model smollm2";
}

Golden load_smollm2() {
  return load_golden("smollm2.json", "smollm2_logits.npy");
}

// The model on the fastest exact kernels.
struct Desk {
  ThreadPool pool{available_processors()};
  std::unique_ptr<KernelSet> kernels = kernel_set_named("auto", pool);
  Model model = load_model(model_path(kFile), *kernels, kFloat32);
};

TEST(SmolLM2Golden, TextsBecomeTheSameIds) {
  if (const auto reason = reason_to_skip()) GTEST_SKIP() << *reason;
  const PublishedTokenizer tokenizer = load_tokenizer(model_path(kFile));
  for (const GoldenPrompt& prompt : load_smollm2().prompts) {
    expect_same(prompt.ids, tokenizer.encode(prompt.text, true, tokenizer.add_bos),
                {"\"" + prompt.text + "\"", "page 01"});
  }
}

// The last row of logits after each prompt, and its best ids.
void compare_logits(const Golden& golden, std::size_t index, const std::vector<float>& logits) {
  const GoldenPrompt& prompt = golden.prompts[index];
  const std::size_t width = golden.logits.shape.at(1);
  ASSERT_EQ((logits.size() + golden.logit_stride - 1) / golden.logit_stride, width);
  std::vector<double> expected;
  std::vector<float> got;
  for (std::size_t i = 0; i < width; ++i) {
    expected.push_back(golden.logits.values[index * width + i]);
    got.push_back(logits[i * golden.logit_stride]);
  }
  for (const auto& [id, logit] : prompt.top) {
    expected.push_back(logit);
    got.push_back(logits.at(static_cast<std::size_t>(id)));
  }
  expect_close(expected, got, kSmolAllowed, {"logits after \"" + prompt.text + "\"", "page 04"});
}

// All prompts decode together, as rows of one call a step: a row equals the prompt run alone.
TEST(SmolLM2Golden, LogitsAndGreedyTokensAgreeWithTransformers) {
  if (const auto reason = reason_to_skip()) GTEST_SKIP() << *reason;
  const Golden golden = load_smollm2();
  const Desk desk;
  const std::size_t vocab = desk.model.config.vocab, n = golden.prompts.size();
  std::vector<KvCache> caches;
  std::vector<std::vector<int>> greedy(n);
  for (std::size_t i = 0; i < n; ++i) caches.emplace_back(desk.model);
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<float> logits = prefill(desk.model, caches[i], golden.prompts[i].ids);
    compare_logits(golden, i, logits);
    greedy[i].push_back(argmax(logits));
  }
  for (std::size_t step = 1; step < 32; ++step) {
    std::vector<ForwardRow> rows;
    for (std::size_t i = 0; i < n; ++i) {
      rows.push_back({greedy[i].back(), caches[i].length(), &caches[i], true});
    }
    const std::vector<float> logits = forward_cached(desk.model, rows);
    for (std::size_t i = 0; i < n; ++i) {
      greedy[i].push_back(argmax(std::span(logits).subspan(i * vocab, vocab)));
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    expect_same(golden.prompts[i].greedy, greedy[i],
                {"\"" + golden.prompts[i].text + "\", 32 greedy tokens", "page 06"});
  }
}

TEST(SmolLM2Golden, CachedEqualsUncachedInEveryBit) {
  if (const auto reason = reason_to_skip()) GTEST_SKIP() << *reason;
  const Desk desk;
  const std::vector<int> ids = load_smollm2().prompts.back().ids;
  const std::size_t n = ids.size();
  ASSERT_GT(n, 20u);
  const std::vector<std::size_t> calls = {5, 1, 1, n - 10, 1, 2};
  const Proof proof = prove_cached_equals_full(desk.model, ids, calls);
  EXPECT_EQ(proof.logits, n * desk.model.config.vocab);
  EXPECT_EQ(proof.logits_differ, 0u);
  EXPECT_EQ(proof.kv_differ, 0u);
}

}  // namespace
}  // namespace tokenwalk
