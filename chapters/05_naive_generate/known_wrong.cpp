#include "chapters/05_naive_generate/known_wrong.h"

#include <vector>

#include "chapters/04_transformer/forward_full.h"

namespace tokenwalk {
namespace {

// The loop of the chapter with two mistakes to choose from.
Generated generate_wrongly(const Model& model, std::span<const int> prompt,
                           const GenerateOptions& options, bool keyed_by_step, bool first_row) {
  const std::size_t vocab = model.config.vocab;
  std::vector<int> ids(prompt.begin(), prompt.end());
  Generated result;
  while (goes_on(model.config, prompt.size(), options, result)) {
    const std::vector<float> logits = forward_full(model, ids, LogitRows::kAll).logits;
    result.evaluated += ids.size();
    const std::size_t row = first_row ? 0 : ids.size() - 1;
    const std::size_t key = keyed_by_step ? result.tokens.size() : ids.size();
    const int id = sample_at({logits.data() + row * vocab, vocab}, key, options);
    ids.push_back(id);
    result.tokens.push_back(id);
  }
  return result;
}

}  // namespace

//! [05-wrong-ends-text]
bool ends_text_length_first(const ModelConfig& config, int id, std::size_t n_new,
                            const GenerateOptions& options, Finish& finish) {
  if (n_new == static_cast<std::size_t>(options.max_new_tokens)) {
    finish = Finish::kLength;
    return true;
  }
  return ends_text(config, id, n_new, options, finish);
}
//! [05-wrong-ends-text]

Generated generate_keyed_by_step(const Model& model, std::span<const int> prompt,
                                 const GenerateOptions& options) {
  return generate_wrongly(model, prompt, options, true, false);
}

Generated generate_from_first_row(const Model& model, std::span<const int> prompt,
                                  const GenerateOptions& options) {
  return generate_wrongly(model, prompt, options, false, true);
}

bool goes_on(const ModelConfig& config, std::size_t n_prompt, const GenerateOptions& options,
             Generated& result) {
  if (options.max_new_tokens == 0) return false;
  const std::size_t n_new = result.tokens.size();
  if (n_new > 0) {
    const int newest = result.tokens.back();
    const bool wanted = !options.on_token || options.on_token(newest);
    if (ends_text(config, newest, n_new, options, result.finish)) return false;
    if (!wanted) result.finish = Finish::kCallback;
    if (!wanted) return false;
  }
  const bool room = n_prompt + n_new < config.context;
  if (!room) result.finish = Finish::kContextFull;
  return room;
}

}  // namespace tokenwalk
