#include "chapters/06_cached_generate/known_wrong.h"

#include <vector>

#include "chapters/05_naive_generate/known_wrong.h"

namespace tokenwalk {

//! [06-wrong-twice]
Generated generate_feeding_last_twice(const Model& model, KvCache& cache,
                                      std::span<const int> prompt, const GenerateOptions& options) {
  Generated result;
  prefill(model, cache, prompt);  // the logits are lost
  int last = prompt.back();
  while (goes_on(model.config, prompt.size(), options, result)) {
    const std::vector<float> logits = prefill(model, cache, {&last, 1});  // at first: fed again
    last = sample_at(logits, prompt.size() + result.tokens.size(), options);
    result.tokens.push_back(last);
  }
  result.evaluated = cache.length();
  return result;
}
//! [06-wrong-twice]

//! [06-wrong-everything]
Generated generate_feeding_everything(const Model& model, KvCache& cache,
                                      std::span<const int> prompt, const GenerateOptions& options) {
  Generated result;
  std::vector<int> ids(prompt.begin(), prompt.end());
  while (goes_on(model.config, prompt.size(), options, result)) {
    const std::vector<float> logits = prefill(model, cache, ids);  // all of them, every time
    ids.push_back(sample_at(logits, ids.size(), options));
    result.tokens.push_back(ids.back());
  }
  result.evaluated = cache.length();
  return result;
}
//! [06-wrong-everything]

}  // namespace tokenwalk
