#pragma once

#include <span>
#include <vector>

#include "tools/tokenwalk/generation.h"

namespace tokenwalk {

/// A prompt and what to generate from it.
struct PromptRequest {
  std::vector<int> prompt;
  SampleRequest request;  ///< on_token, on_piece and on_sample are not called
};

/// All requests together, as chapter 09's batch; each run is what run_samples gives for its request
/// alone, but for the times, which are 0. Requests without a cache run alone, after the others. At
/// most kTextsTogether texts go through the model at a time; a request of more samples runs when no
/// other is left. Throws what run_samples throws.
std::vector<SampleRun> run_batch(const Model& model, std::span<const PromptRequest> requests);
inline constexpr std::size_t kTextsTogether = 64;

}  // namespace tokenwalk
