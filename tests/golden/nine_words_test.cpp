// The nine words and logits of chapters 02 and 03 are what the bundled model says.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "chapters/01_tokenizer/published.h"
#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/04_transformer/forward_full.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "lib/base/data_path.h"
#include "tests/support/runs.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const char* const kFix = "run tokenwalk jsonl as nine_words.h says, and write its numbers there";

TEST(NineWords, AreTheBundledModelsBestForThePrompt) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  const Model model = load_model(data_path("tiny"), *kernels);
  const PublishedTokenizer tokenizer = load_tokenizer(data_path("tiny"));
  const std::vector<int> prompt = tokenizer.encode(kPrompt, true, tokenizer.add_bos);
  const std::vector<float> logits = forward_full(model, prompt, LogitRows::kLast).logits;

  std::vector<int> best(logits.size());
  std::iota(best.begin(), best.end(), 0);
  std::stable_sort(best.begin(), best.end(), [&](int a, int b) {
    return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
  });
  best.resize(kNine);
  std::sort(best.begin(), best.end());
  expect_same(kNineIds, best, {std::string("the nine best ids after \"") + kPrompt + "\"", kFix});

  for (std::size_t i = 0; i < kNine; ++i) {
    const int id = kNineIds[i];
    expect_same(kNineWords[i], tokenizer.decode_shown({id}), {"id " + std::to_string(id), kFix});
    const float logit = logits.at(static_cast<std::size_t>(id));
    EXPECT_EQ(describe_difference("logit of" + std::string(kNineWords[i]), 1, {&kNineLogits[i], 1},
                                  {&logit, 1}),
              "")
        << kFix;
  }
}

}  // namespace
}  // namespace tokenwalk
