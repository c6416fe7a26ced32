#include "chapters/06_cached_generate/generate_cached.h"

#include <algorithm>
#include <utility>

#include "lib/base/check.h"

namespace tokenwalk {

//! [06-prefill]
std::vector<float> prefill(const Model& model, KvCache& cache, std::span<const int> ids,
                           std::size_t chunk) {
  CHECK_GE(ids.size(), std::size_t{1});
  CHECK_GE(chunk, std::size_t{1});
  std::vector<float> logits;
  // BEGIN SOLUTION 06.4
  while (!ids.empty()) {
    const std::size_t n = std::min(chunk, ids.size());
    std::vector<ForwardRow> rows;
    for (std::size_t i = 0; i < n; ++i) {
      rows.push_back({ids[i], cache.length() + i, &cache, i + 1 == ids.size()});
    }
    logits = forward_cached(model, rows);
    ids = ids.subspan(n);
  }
  // END SOLUTION
  return logits;
}
//! [06-prefill]

//! [06-decode]
Generated decode(const Model& model, KvCache& cache, std::vector<float> logits,
                 const GenerateOptions& options) {
  Generated result;
  // BEGIN SOLUTION 06.5
  const std::size_t n_prompt = cache.length();
  while (result.tokens.size() < static_cast<std::size_t>(options.max_new_tokens)) {
    const std::size_t n_ids = n_prompt + result.tokens.size();
    if (n_ids >= model.config.context) {
      result.finish = Finish::kContextFull;
      break;
    }
    if (cache.length() < n_ids) {  // the last token is not in the cache yet: feed it
      const ForwardRow row = {result.tokens.back(), cache.length(), &cache, true};
      logits = forward_cached(model, {&row, 1});
      result.evaluated += 1;
    }
    const int id = sample_at(logits, n_ids, options);
    result.tokens.push_back(id);
    const bool go_on = !options.on_token || options.on_token(id);
    if (ends_text(model.config, id, result.tokens.size(), options, result.finish)) break;
    if (!go_on) {
      result.finish = Finish::kCallback;
      break;
    }
  }
  // END SOLUTION
  return result;
}
//! [06-decode]

//! [06-generate-cached]
Generated generate_cached(const Model& model, std::span<const int> prompt,
                          const GenerateOptions& options, std::size_t chunk) {
  check_generate(model.config, prompt, options);
  KvCache cache(model);
  std::vector<float> logits = prefill(model, cache, prompt, chunk);
  Generated result = decode(model, cache, std::move(logits), options);
  result.evaluated += prompt.size();
  return result;
}
//! [06-generate-cached]

}  // namespace tokenwalk
