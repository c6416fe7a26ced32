#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/08_stopping_and_streaming/generate_text.h"
#include "chapters/10_scoring/log_probs.h"
#include "chapters/12_more_samplers/options.h"

namespace tokenwalk {

/// Hears of a draw: the model's logits, what was drawn from, and the id.
using OnPick = std::function<void(std::span<const float> logits, const Candidates& sampling, int)>;

/// Several samples of one prompt. Sample i draws from stream i.
struct SampleRequest {
  GenerateOptions options;
  ChainOptions chain;  ///< how to sample; options.sampling and options.pick follow from it
  int num_samples = 1;
  bool use_cache = true;
  std::size_t prefill_chunk = kPrefillChunk;
  std::size_t log_probs = 0;  ///< alternatives told with the score of each new token; 0: no scores

  const PublishedTokenizer* tokenizer = nullptr;  ///< null: ids alone, and no stop strings
  std::vector<std::string> stop;                  ///< strings that end a text
  bool show_control = true;                       ///< in the pieces that on_piece hears
  OnPiece on_piece;                      ///< hears of the text of the samples; may be empty
  std::function<void(int i)> on_sample;  ///< hears that sample i begins; may be empty
  OnPick on_pick;                        ///< hears of every draw; may be empty

  // With the cache; all may be empty.
  std::function<void(const KvCache&)> on_cache;  ///< hears of it while it is empty; it grows after
  std::function<void(std::size_t done, std::size_t all)> on_prefill;  ///< after each chunk
  std::function<bool()> go_on;  ///< asked between the chunks; false ends the run there
};

/// What came out, and what it cost.
struct SampleRun {
  std::vector<Generated> samples;
  std::vector<std::vector<TokenScore>> scores;  ///< of each sample's tokens; empty: not asked for
  std::size_t prefilled = 0;  ///< positions run before the first sample, for all of them
  std::size_t decoded = 0;    ///< positions run for the samples
  double prefill_seconds = 0;
  double decode_seconds = 0;
  std::size_t cache_bytes = 0;

  std::size_t evaluated() const { return prefilled + decoded; }
};

/// The options of sample i of a text that goes on from `text`: its stream, and a pick that samples
/// by the request's chain. The scores that the request asks for are appended to `scores`. For one
/// run. Throws Error(kBadValue) for values of the chain out of range. The pick throws
/// Error(kBadFile) that names the first of the model's logits that is NaN or +inf.
GenerateOptions options_of_sample(const SampleRequest& request, const ModelConfig& config,
                                  std::span<const int> text, int i,
                                  std::vector<TokenScore>& scores);

/// Throws Error(kBadValue) for what run_samples and generate_one cannot stream: stop strings where
/// there is no tokenizer, an empty one.
void check_stream(const SampleRequest& request);

/// Samples one after the other; with the cache they share the prefill. A sample that
/// options.on_token cancels is the last. Where go_on ends the run in the prompt there is one sample
/// without tokens, with Finish::kCallback. Throws what check_generate and options_of_sample throw.
SampleRun run_samples(const Model& model, std::span<const int> prompt,
                      const SampleRequest& request);

/// One text by a loop that follows the options it is given, with the request's stop strings.
/// options: of one sample of the request.
Generated generate_one(const GenerateLoop& loop, const ModelConfig& model,
                       const GenerateOptions& options, const SampleRequest& request);

/// The text of the new ids up to the first stop string in it, without the id that ended them; ids
/// beyond the vocabulary give nothing, incomplete characters become U+FFFD.
std::string sampled_text(const PublishedTokenizer& tokenizer, const Generated& generated,
                         const std::vector<std::string>& stop);

}  // namespace tokenwalk
