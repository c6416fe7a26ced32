#include "chapters/05_naive_generate/generate_naive.h"

#include <algorithm>
#include <string>

#include "chapters/04_transformer/forward_full.h"
#include "lib/base/error.h"
#include "lib/base/rng.h"

namespace tokenwalk {
namespace {

// hint: where the ids come from, if it is not plain.
void check_ids(const ModelConfig& config, std::span<const int> ids, const char* hint) {
  for (const int id : ids) {
    if (id >= 0 && static_cast<std::size_t>(id) < config.vocab) continue;
    throw Error(ErrorCode::kBadValue,
                {"no such token", "id " + std::to_string(id),
                 "an id from 0 to " + std::to_string(config.vocab - 1), hint});
  }
}

}  // namespace

const char* finish_name(Finish finish) {
  switch (finish) {
    case Finish::kLength:
      return "length";
    case Finish::kEos:
      return "eos";
    case Finish::kStopToken:
      return "stop_token";
    case Finish::kStopString:
      return "stop_string";
    case Finish::kContextFull:
      return "context_full";
    case Finish::kCallback:
      return "callback";
  }
  return "unknown";
}

GenerateOptions greedy_options(int max_new_tokens) {
  GenerateOptions options;
  options.max_new_tokens = max_new_tokens;
  options.sampling.temperature = 0;
  options.ignore_eos = true;
  return options;
}

void check_generate(const ModelConfig& config, std::span<const int> prompt,
                    const GenerateOptions& options) {
  check_sampling_options(options.sampling);
  if (prompt.empty()) {
    throw Error(ErrorCode::kBadValue, {"nothing to condition on", "an empty prompt",
                                       "at least one token", "give a prompt of at least a word"});
  }
  if (options.max_new_tokens < 0) {
    throw Error(ErrorCode::kBadValue, {"bad max_new_tokens", std::to_string(options.max_new_tokens),
                                       "a whole number of at least 0", ""});
  }
  check_ids(config, prompt, "");
  check_ids(config, options.stop_ids, "it is one of the stop ids");
  if (prompt.size() > config.context) {
    throw Error(
        ErrorCode::kCapacity,
        {"the prompt does not fit into the context", std::to_string(prompt.size()) + " tokens",
         "at most " + std::to_string(config.context), "shorten the prompt"});
  }
}

//! [05-sample-at]
int sample_at(std::span<const float> logits, std::size_t position, const GenerateOptions& options) {
  if (options.pick) return options.pick(logits, position);
  // BEGIN SOLUTION 05.1
  const double u = uniform_draw(options.seed, options.stream, position);
  return sample(logits, options.sampling, u);
  // END SOLUTION
}
//! [05-sample-at]

//! [05-ends-text]
bool ends_text(const ModelConfig& config, int id, std::size_t n_new, const GenerateOptions& options,
               Finish& finish) {
  // BEGIN SOLUTION 05.2
  const auto among = [id](const std::vector<int>& ids) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  if (among(config.eos_ids) && !options.ignore_eos) {
    finish = Finish::kEos;
  } else if (among(options.stop_ids)) {
    finish = Finish::kStopToken;
  } else if (n_new == static_cast<std::size_t>(options.max_new_tokens)) {
    finish = Finish::kLength;
  } else {
    return false;
  }
  return true;
  // END SOLUTION
}
//! [05-ends-text]

//! [05-generate-naive]
Generated generate_naive(const Model& model, std::span<const int> prompt,
                         const GenerateOptions& options) {
  check_generate(model.config, prompt, options);
  Generated result;
  // BEGIN SOLUTION 05.3
  std::vector<int> ids(prompt.begin(), prompt.end());
  while (result.tokens.size() < static_cast<std::size_t>(options.max_new_tokens)) {
    const std::size_t n_ids = ids.size();
    if (n_ids >= model.config.context) {
      result.finish = Finish::kContextFull;
      break;
    }
    const std::vector<float> logits = forward_full(model, ids, LogitRows::kLast).logits;
    result.evaluated += n_ids;
    const int id = sample_at(logits, n_ids, options);
    ids.push_back(id);
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
//! [05-generate-naive]

}  // namespace tokenwalk
