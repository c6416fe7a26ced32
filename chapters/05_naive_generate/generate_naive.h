#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// Why a generation ended.
enum class Finish {
  kLength,       ///< max_new_tokens were sampled
  kEos,          ///< the model's end of text came
  kStopToken,    ///< one of stop_ids came
  kStopString,   ///< a stop string was completed (chapter 08)
  kContextFull,  ///< prompt and new tokens fill the context
  kCallback,     ///< on_token returned false
};

/// The protocol's name: length, eos, stop_token, stop_string, context_full, callback.
const char* finish_name(Finish finish);

/// What to generate.
struct GenerateOptions {
  int max_new_tokens = 64;
  SamplingOptions sampling;
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;              ///< sample i of several uses stream i
  bool ignore_eos = false;               ///< go on after the model's end of text
  std::vector<int> stop_ids;             ///< further ids that end the text
  std::function<bool(int id)> on_token;  ///< hears of every new id; false ends the text

  /// Picks the token of `position` from the logits before it, [vocab]; empty: by `sampling`. The
  /// way in for samplers that look back at the text (chapter 12): what it returns is appended.
  std::function<int(std::span<const float> logits, std::size_t position)> pick;
};

/// Exactly that many tokens, each the likeliest: temperature 0, ends of text ignored.
GenerateOptions greedy_options(int max_new_tokens);

/// What came out.
struct Generated {
  std::vector<int> tokens;  ///< new ids only, with the end-of-text or stop id that ended them
  Finish finish = Finish::kLength;
  std::size_t evaluated = 0;  ///< positions run through the model, repeated ones counted again
};

/// Throws Error for what cannot be generated from: an empty prompt, an id or stop id that is no
/// token, options out of range, a prompt longer than the context (code capacity).
void check_generate(const ModelConfig& config, std::span<const int> prompt,
                    const GenerateOptions& options);

/// One token from one row of logits, by options.pick if there is one: the draw belongs to the
/// position that the token will have.
int sample_at(std::span<const float> logits, std::size_t position, const GenerateOptions& options);

/// What a new token means for the loop: true and the reason if it ends the text.
bool ends_text(const ModelConfig& config, int id, std::size_t n_new, const GenerateOptions& options,
               Finish& finish);

/// Text generation with everything recomputed at every step: the whole sequence goes through
/// forward_full, the last row is sampled, the token is appended. N tokens after a prompt of P
/// evaluate P + (P + 1) + ... + (P + N - 1) positions; no tokens, none. The oracle for every faster
/// way.
Generated generate_naive(const Model& model, std::span<const int> prompt,
                         const GenerateOptions& options);

}  // namespace tokenwalk
