#include "tools/tokenwalk/generation.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lib/base/error.h"
#include "lib/base/stopwatch.h"
#include "tools/tokenwalk/model_fault.h"

namespace tokenwalk {
namespace {

// What hears of the samples' text; none where there is no tokenizer. A bad stop string throws.
std::optional<TextStream> make_stream(const SampleRequest& request) {
  if (request.tokenizer != nullptr) {
    return TextStream(*request.tokenizer, request.stop, request.show_control);
  }
  if (request.stop.empty()) return std::nullopt;
  throw Error(ErrorCode::kBadValue, {"stop strings without a tokenizer", request.stop[0],
                                     "stop ids", "the model has no tokenizer"});
}

Generated stream_one(const GenerateLoop& loop, const ModelConfig& model,
                     const GenerateOptions& options, std::optional<TextStream> stream,
                     const OnPiece& on_piece) {
  return stream ? generate_text(loop, model, options, *stream, on_piece) : loop(options);
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

GenerateOptions options_of_sample(const SampleRequest& request, int i,
                                  std::vector<TokenScore>& scores) {
  GenerateOptions options = request.options;
  options.stream = static_cast<std::uint32_t>(i);
  if (request.log_probs == 0) return options;
  return scoring_options(options, request.log_probs,
                         [&scores](const TokenScore& score) { scores.push_back(score); });
}

void check_stream(const SampleRequest& request) {
  make_stream(request);
}

SampleRun run_samples(const Model& model, std::span<const int> prompt,
                      const SampleRequest& request) {
  check_generate(model.config, prompt, request.options);
  const std::optional<TextStream> stream = make_stream(request);
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
    std::vector<TokenScore> scores;
    const GenerateOptions options = options_of_sample(request, i, scores);
    const Stopwatch watch;
    cache.truncate(run.prefilled);
    const GenerateLoop loop = [&](const GenerateOptions& streamed) {
      return request.use_cache ? decode(model, cache, logits, streamed)
                               : generate_naive(model, prompt, streamed);
    };
    run.samples.push_back(blame_model(
        [&] { return stream_one(loop, model.config, options, stream, request.on_piece); }));
    run.decode_seconds += watch.seconds();
    if (request.log_probs > 0) run.scores.push_back(std::move(scores));
    run.decoded += run.samples.back().evaluated;
    if (run.samples.back().finish == Finish::kCallback) break;
  }
  run.cache_bytes = cache.bytes();
  return run;
}

Generated generate_one(const GenerateLoop& loop, const ModelConfig& model,
                       const GenerateOptions& options, const SampleRequest& request) {
  return stream_one(loop, model, options, make_stream(request), request.on_piece);
}

std::string sampled_text(const PublishedTokenizer& tokenizer, const Generated& generated,
                         const std::vector<std::string>& stop) {
  return text_of(tokenizer, text_ids(generated), stop);
}

}  // namespace tokenwalk
