#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/12_more_samplers/options.h"

namespace tokenwalk {

/// Several samples of one prompt. Sample i draws from stream i.
struct SampleRequest {
  GenerateOptions options;
  ChainOptions chain;  ///< how to sample; options.sampling and options.pick follow from it
  int num_samples = 1;
  bool use_cache = true;
  std::size_t prefill_chunk = kPrefillChunk;
  std::function<void(int i)> on_sample;  ///< hears that sample i begins; may be empty
};

/// What came out, and what it cost.
struct SampleRun {
  std::vector<Generated> samples;
  std::size_t prefilled = 0;  ///< positions run before the first sample, for all of them
  std::size_t decoded = 0;    ///< positions run for the samples
  double prefill_seconds = 0;
  double decode_seconds = 0;
  std::size_t cache_bytes = 0;

  std::size_t evaluated() const { return prefilled + decoded; }
};

/// Makes `options` sample by the chain, going on from `text`: sets sampling and pick, and reads
/// seed, stream and stop_ids. For one text; to be set anew for the next. Throws Error(kBadValue)
/// for values of the chain out of range. The pick throws Error(kBadFile) that names the first of
/// the model's logits that is NaN or +inf.
void use_chain(GenerateOptions& options, const ChainOptions& chain, std::span<const int> text,
               const ModelConfig& config);

/// Samples one after the other; with the cache they share the prefill. Throws what check_generate
/// and use_chain throw.
SampleRun run_samples(const Model& model, std::span<const int> prompt,
                      const SampleRequest& request);

/// The text of the new ids without the one that ended them; ids beyond the vocabulary give nothing,
/// incomplete characters become U+FFFD.
std::string sampled_text(const PublishedTokenizer& tokenizer, const Generated& generated);

}  // namespace tokenwalk
