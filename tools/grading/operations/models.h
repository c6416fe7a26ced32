#pragma once

#include "chapters/05_naive_generate/generate_naive.h"
#include "tests/support/tiny_random_model.h"
#include "tools/grading/protocol/values.h"

namespace tokenwalk::grading {

/// The small random model of {"seed", "layers", "kv_heads", "heads_per_kv", "context", "vocab",
/// "eos"}, all optional, with the kernels of chapter 04 on one thread.
Model model_of(const json& args);

/// {"max_new_tokens", "temperature", "top_k", "top_p", "seed", "stream", "ignore_eos", "stop_ids",
/// "cancel_after"}, all optional. cancel_after: on_token says no at that many tokens.
GenerateOptions options_of(const json& args);

/// What came out, as plain data.
json generated(const Generated& result);

/// Ids of args[name].
std::vector<int> ids_of(const json& args, const char* name);

}  // namespace tokenwalk::grading
