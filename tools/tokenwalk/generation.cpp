#include "tools/tokenwalk/generation.h"

#include <algorithm>

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

// The prompt, chunk by chunk.
std::vector<float> prefill_told(const Model& model, KvCache& cache, std::span<const int> prompt,
                                const SampleRequest& request) {
  if (!request.on_prefill) return prefill(model, cache, prompt, request.prefill_chunk);
  std::vector<float> logits;
  for (std::size_t begin = 0; begin < prompt.size(); begin += request.prefill_chunk) {
    const std::size_t size = std::min(request.prefill_chunk, prompt.size() - begin);
    logits = prefill(model, cache, prompt.subspan(begin, size), size);
    request.on_prefill(begin + size, prompt.size());
  }
  return logits;
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
    if (request.on_cache) request.on_cache(cache);
    const Stopwatch watch;
    logits = prefill_told(model, cache, prompt, request);
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
