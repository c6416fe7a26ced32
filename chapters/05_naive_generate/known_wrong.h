#pragma once

#include <cstddef>
#include <span>

#include "chapters/05_naive_generate/generate_naive.h"

namespace tokenwalk {

// Functions that are known to be wrong, kept for the page and the tests.

/// `ends_text` that asks for the length first: an end-of-text id that is also the last token
/// allowed is reported as `length`, and the caller goes on where the model had finished.
bool ends_text_length_first(const ModelConfig& config, int id, std::size_t n_new,
                            const GenerateOptions& options, Finish& finish);

/// `generate_naive` with the draw keyed by the step (0, 1, 2, ...) instead of the position of the
/// new token: the same seed gives another text when it is generated in two parts.
Generated generate_keyed_by_step(const Model& model, std::span<const int> prompt,
                                 const GenerateOptions& options);

/// `generate_naive` with the first row of the logits sampled instead of the last.
Generated generate_from_first_row(const Model& model, std::span<const int> prompt,
                                  const GenerateOptions& options);

/// What the wrong loops have right: whether another token is wanted and has room, with the reason
/// in result.finish if not. Tells on_token of the newest token, so ask once for each.
bool goes_on(const ModelConfig& config, std::size_t n_prompt, const GenerateOptions& options,
             Generated& result);

}  // namespace tokenwalk
