#include "tools/tokenwalk/generation.h"

#include <utility>

#include "chapters/01_tokenizer/utf8.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/12_more_samplers/chain.h"
#include "lib/base/error.h"
#include "lib/base/stopwatch.h"

namespace tokenwalk {
namespace {

// Logits that cannot be sampled from are the model's fault, not the caller's.
void check_model_logits(std::span<const float> logits) {
  try {
    check_logits(logits);
  } catch (const Error& error) {
    ErrorParts parts = error.parts();
    parts.hint = "the model's weights hold NaN or inf, or are too large";
    throw Error(ErrorCode::kBadFile, parts);
  }
}

}  // namespace

void use_chain(GenerateOptions& options, const ChainOptions& chain, std::span<const int> text,
               const ModelConfig& config) {
  check_chain_options(chain, config.vocab);
  std::vector<int> end_ids = config.eos_ids;
  end_ids.insert(end_ids.end(), options.stop_ids.begin(), options.stop_ids.end());
  ChainPicker picker(chain, {text.begin(), text.end()}, std::move(end_ids), options.seed,
                     options.stream);
  options.sampling = chain.basic;
  options.pick = [picker](std::span<const float> logits, std::size_t position) mutable {
    try {
      return picker(logits, position);
    } catch (const Error&) {
      check_model_logits(logits);
      throw;
    }
  };
}

SampleRun run_samples(const Model& model, std::span<const int> prompt,
                      const SampleRequest& request) {
  GenerateOptions options = request.options;
  check_generate(model.config, prompt, options);
  use_chain(options, request.chain, prompt, model.config);
  SampleRun run;
  KvCache cache(model);
  std::vector<float> logits;
  if (request.use_cache) {
    const Stopwatch watch;
    logits = prefill(model, cache, prompt, request.prefill_chunk);
    run.prefill_seconds = watch.seconds();
    run.prefilled = prompt.size();
  }
  for (int i = 0; i < request.num_samples; ++i) {
    if (request.on_sample) request.on_sample(i);
    options.stream = static_cast<std::uint32_t>(i);
    use_chain(options, request.chain, prompt, model.config);
    const Stopwatch watch;
    cache.truncate(run.prefilled);
    run.samples.push_back(request.use_cache ? decode(model, cache, logits, options)
                                            : generate_naive(model, prompt, options));
    run.decode_seconds += watch.seconds();
    run.decoded += run.samples.back().evaluated;
  }
  run.cache_bytes = cache.bytes();
  return run;
}

std::string sampled_text(const PublishedTokenizer& tokenizer, const Generated& generated) {
  std::vector<int> ids = generated.tokens;
  const bool ended = generated.finish == Finish::kEos || generated.finish == Finish::kStopToken;
  if (ended) ids.pop_back();
  std::string bytes;
  for (const int id : ids) {
    if (id < tokenizer.tokenizer.size()) bytes += tokenizer.tokenizer.token(id);
  }
  return to_text(bytes);
}

}  // namespace tokenwalk
