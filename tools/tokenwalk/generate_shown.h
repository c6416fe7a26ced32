#pragma once

#include <vector>

#include "tools/tokenwalk/generation.h"

namespace tokenwalk {

/// What the command `generate` prints to standard output while it runs.
enum class Show {
  kNothing,
  kText,           ///< the prompt and the text as it comes, or ids where there is no tokenizer
  kCache,          ///< a line for each token: how the cache fills; then the text
  kProbabilities,  ///< bars for each token: what it was drawn from; then the text
};

/// Runs the request. Ctrl-C ends the text that is being written, or the reading of the prompt
/// behind a chunk; a second one ends the program.
SampleRun run_shown(const Model& model, const std::vector<int>& prompt, SampleRequest request,
                    Show show);

}  // namespace tokenwalk
