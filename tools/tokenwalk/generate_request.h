#pragma once

#include <string_view>
#include <vector>

#include "tools/tokenwalk/engine.h"
#include "tools/tokenwalk/generation.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {

/// The keys of the protocol's `generate`.
std::vector<std::string_view> generate_keys();

/// The ids of `prompt`, `ids` or `messages`, of which a request has one.
std::vector<int> read_prompt(const Request& request, Engine& engine);

/// What to generate, all values checked.
SampleRequest read_samples(const Request& request, Engine& engine);

/// One sample of a reply: ids, text (null without a tokenizer), finish; log_probs, if the request
/// asks for them.
Json sample_json(const Generated& sample, const SampleRequest& request,
                 const std::vector<TokenScore>& scores);

/// The reply of `generate`: samples, prompt_ids, evaluated.
Json run_json(const SampleRun& run, const SampleRequest& request, const std::vector<int>& prompt);

}  // namespace tokenwalk
