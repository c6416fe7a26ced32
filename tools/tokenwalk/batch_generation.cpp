#include "tools/tokenwalk/batch_generation.h"

#include <algorithm>

#include "chapters/09_ragged_batch/ragged_batch.h"
#include "tools/tokenwalk/model_fault.h"

namespace tokenwalk {
namespace {

// Ends a text where its stop string is completed. That the string is what ended it is found out
// afterwards, when the text is read again.
std::function<bool(int id)> stop_watch(const SampleRequest& request) {
  if (request.stop.empty()) return {};
  return [stream = TextStream(*request.tokenizer, request.stop)](int id) mutable {
    stream.push(id);
    return stream.matched() == nullptr;
  };
}

// Joins the samples of a request; returns the number of the first.
std::size_t join_samples(RaggedBatch& batch, const PromptRequest& asked, SampleRun& run) {
  const auto n = static_cast<std::size_t>(asked.request.num_samples);
  run.scores.resize(n);
  std::vector<GenerateOptions> samples;
  for (std::size_t i = 0; i < n; ++i) {
    samples.push_back(options_of_sample(asked.request, static_cast<int>(i), run.scores[i]));
    samples.back().on_token = stop_watch(asked.request);
  }
  return batch.join(asked.prompt, samples);
}

// The samples of a request, each handed to generate_one as a loop that has run already.
void collect_samples(const RaggedBatch& batch, std::size_t first, const ModelConfig& model,
                     const SampleRequest& request, SampleRun& run) {
  for (std::size_t i = 0; i < run.scores.size(); ++i) {
    const GenerateLoop replay = [&](const GenerateOptions& options) {
      const Generated result = blame_model([&] { return batch.result(first + i); });
      for (const int id : result.tokens) {
        if (options.on_token) options.on_token(id);
      }
      return result;
    };
    run.samples.push_back(generate_one(replay, model, request.options, request));
    run.decoded += run.samples.back().evaluated;
  }
  if (request.log_probs == 0) run.scores.clear();
}

std::size_t count_running(const RaggedBatch& batch, std::size_t n_joined) {
  std::size_t n = 0;
  for (std::size_t text = 0; text < n_joined; ++text) n += batch.ended(text) ? 0 : 1;
  return n;
}

}  // namespace

std::vector<SampleRun> run_batch(const Model& model, std::span<const PromptRequest> requests) {
  std::size_t chunk = kPrefillChunk;
  for (const PromptRequest& asked : requests) {
    check_generate(model.config, asked.prompt, asked.request.options);
    check_stream(asked.request);
    chunk = std::min(chunk, asked.request.prefill_chunk);
  }
  std::vector<SampleRun> runs(requests.size());
  std::vector<std::size_t> first(requests.size());
  std::size_t n_joined = 0;
  RaggedBatch batch(model, chunk);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i].request.use_cache) continue;
    const auto n = static_cast<std::size_t>(requests[i].request.num_samples);
    while (count_running(batch, n_joined) + n > kTextsTogether && batch.step()) {
    }
    first[i] = join_samples(batch, requests[i], runs[i]);
    n_joined += n;
  }
  while (batch.step()) {
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const PromptRequest& asked = requests[i];
    if (asked.request.use_cache) {
      collect_samples(batch, first[i], model.config, asked.request, runs[i]);
    } else {
      runs[i] = run_samples(model, asked.prompt, asked.request);
    }
  }
  return runs;
}

}  // namespace tokenwalk
