#include "tests/support/wrong_loops.h"

#include <algorithm>
#include <functional>

#include "chapters/05_naive_generate/known_wrong.h"

namespace tokenwalk {
namespace {

// How the logits after the newest token come about; all.back() is that token.
using NextLogits = std::function<std::vector<float>(KvCache& cache, const std::vector<int>& all)>;

// The loop of chapter 06 with the piece that is wrong as a parameter. It counts no positions.
Generated run_loop(const Model& model, std::span<const int> prompt, const GenerateOptions& options,
                   const NextLogits& next) {
  check_generate(model.config, prompt, options);
  KvCache cache(model);
  Generated result;
  std::vector<int> all(prompt.begin(), prompt.end());
  std::vector<float> logits = prefill(model, cache, prompt);
  while (goes_on(model.config, prompt.size(), options, result)) {
    if (!result.tokens.empty()) logits = next(cache, all);
    all.push_back(sample_at(logits, all.size(), options));
    result.tokens.push_back(all.back());
  }
  return result;
}

}  // namespace

std::vector<float> feed_turned(TurnedKernels& kernels, const Model& model, KvCache& cache, int id,
                               std::size_t position) {
  cache.reach(std::max(cache.length(), position) + 1);
  kernels.angles = cache.angles(position);
  std::vector<float> logits = prefill(model, cache, {&id, 1});
  kernels.angles.reset();
  return logits;
}

Generated loop_from_zero(TurnedKernels& kernels, const Model& model, std::span<const int> prompt,
                         const GenerateOptions& options) {
  return run_loop(model, prompt, options, [&](KvCache& cache, const std::vector<int>& all) {
    return feed_turned(kernels, model, cache, all.back(), cache.length() - prompt.size());
  });
}

Generated loop_one_too_far(TurnedKernels& kernels, const Model& model, std::span<const int> prompt,
                           const GenerateOptions& options) {
  return run_loop(model, prompt, options, [&](KvCache& cache, const std::vector<int>& all) {
    return feed_turned(kernels, model, cache, all.back(), cache.length() + 1);
  });
}

Generated loop_forgetting(const Model& model, std::span<const int> prompt,
                          const GenerateOptions& options) {
  return run_loop(model, prompt, options, [&](KvCache& cache, const std::vector<int>& all) {
    cache.truncate(0);
    return prefill(model, cache, {&all.back(), 1});
  });
}

Generated loop_saving_nothing(const Model& model, std::span<const int> prompt,
                              const GenerateOptions& options) {
  std::size_t evaluated = prompt.size();
  const auto next = [&](KvCache& cache, const std::vector<int>& all) {
    evaluated += all.size();
    cache.truncate(0);
    return prefill(model, cache, all);
  };
  Generated result = run_loop(model, prompt, options, next);
  result.evaluated = evaluated;
  return result;
}

}  // namespace tokenwalk
