#include "tools/tokenwalk/generation.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/12_more_samplers/chain.h"
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

// The prompt, chunk by chunk. Empty if it was not to go on.
std::vector<float> prefill_told(const Model& model, KvCache& cache, std::span<const int> prompt,
                                const SampleRequest& request) {
  std::vector<float> logits;
  for (std::size_t begin = 0; begin < prompt.size(); begin += request.prefill_chunk) {
    if (begin > 0 && request.go_on && !request.go_on()) return {};
    const std::size_t size = std::min(request.prefill_chunk, prompt.size() - begin);
    logits = prefill(model, cache, prompt.subspan(begin, size), size);
    if (request.on_prefill) request.on_prefill(begin + size, prompt.size());
  }
  return logits;
}

// Makes `options`, whose seed, stream and stop ids are set, sample by the chain.
void use_chain(GenerateOptions& options, const ChainOptions& chain, std::span<const int> text,
               const ModelConfig& config, const OnPick& on_pick) {
  check_chain_options(chain, config.vocab);
  std::vector<int> end_ids = config.eos_ids;
  end_ids.insert(end_ids.end(), options.stop_ids.begin(), options.stop_ids.end());
  ChainPicker picker(chain, {text.begin(), text.end()}, std::move(end_ids), options.seed,
                     options.stream);
  options.sampling = chain.basic;
  options.pick = [picker, on_pick](std::span<const float> logits, std::size_t position) mutable {
    try {
      if (!on_pick) return picker(logits, position);
      const Candidates sampling = picker.distribution(logits, position);
      const int id = picker(logits, position);
      on_pick(logits, sampling, id);
      return id;
    } catch (const Error&) {
      blame_model([&] { check_logits(logits); });
      throw;
    }
  };
}

}  // namespace

GenerateOptions options_of_sample(const SampleRequest& request, const ModelConfig& config,
                                  std::span<const int> text, int i,
                                  std::vector<TokenScore>& scores) {
  GenerateOptions options = request.options;
  options.stream = static_cast<std::uint32_t>(i);
  use_chain(options, request.chain, text, config, request.on_pick);
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
  check_chain_options(request.chain, model.config.vocab);
  const std::optional<TextStream> stream = make_stream(request);
  SampleRun run;
  KvCache cache(model);
  std::vector<float> logits;
  if (request.use_cache) {
    if (request.on_cache) request.on_cache(cache);
    const Stopwatch watch;
    logits = prefill_told(model, cache, prompt, request);
    run.prefill_seconds = watch.seconds();
    run.prefilled = cache.length();
  }
  if (request.use_cache && logits.empty()) {
    run.samples.push_back({{}, Finish::kCallback, 0});
    run.scores.resize(request.log_probs > 0 ? 1 : 0);
    run.cache_bytes = cache.bytes();
    return run;
  }
  for (int i = 0; i < request.num_samples; ++i) {
    if (request.on_sample) request.on_sample(i);
    std::vector<TokenScore> scores;
    const GenerateOptions options = options_of_sample(request, model.config, prompt, i, scores);
    const Stopwatch watch;
    cache.truncate(run.prefilled);
    const GenerateLoop loop = [&](const GenerateOptions& streamed) {
      return request.use_cache ? decode(model, cache, logits, streamed)
                               : generate_naive(model, prompt, streamed);
    };
    run.samples.push_back(stream_one(loop, model.config, options, stream, request.on_piece));
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
