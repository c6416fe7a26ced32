#include "tools/tokenwalk/generation.h"

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/base/stopwatch.h"

namespace tokenwalk {
namespace {

// Runs the loop of a sample. Its options are checked, so that a bad value is a logit of the
// model's.
template <typename Loop>
Generated sample_one(const Loop& loop) {
  try {
    return loop();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kBadValue) throw;
    ErrorParts parts = error.parts();
    parts.hint = "the model's weights hold NaN or inf, or are too large";
    throw Error(ErrorCode::kBadFile, parts);
  }
}

}  // namespace

SampleRun run_samples(const Model& model, std::span<const int> prompt,
                      const SampleRequest& request) {
  GenerateOptions options = request.options;
  check_generate(model.config, prompt, options);
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
    const Stopwatch watch;
    cache.truncate(run.prefilled);
    run.samples.push_back(sample_one([&] {
      return request.use_cache ? decode(model, cache, logits, options)
                               : generate_naive(model, prompt, options);
    }));
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
