#include "tools/tokenwalk/generate_request.h"

#include "chapters/11_chat/encode_chat.h"
#include "lib/base/error.h"
#include "tools/tokenwalk/chat_request.h"
#include "tools/tokenwalk/sampling_request.h"
#include "tools/tokenwalk/scoring.h"

namespace tokenwalk {
namespace {

constexpr int kMostSamples = 4096;

}  // namespace

std::vector<std::string_view> generate_keys() {
  std::vector<std::string_view> keys = {
      "prompt", "ids",      "max_new_tokens", "seed",     "num_samples", "stop_ids", "ignore_eos",
      "cache",  "specials", "prefill_chunk",  "messages", "stop",        "log_probs"};
  for (const std::string_view key : sampling_keys()) keys.push_back(key);
  return keys;
}

std::vector<int> read_prompt(const Request& request, Engine& engine) {
  const bool specials = request.flag("specials", true);
  const int given = request.has("prompt") + request.has("ids") + request.has("messages");
  if (given != 1) {
    throw Error(ErrorCode::kBadRequest,
                {"the prompt is not clear", std::to_string(given) + " of them",
                 "one of the keys \"prompt\", \"ids\" and \"messages\"",
                 "prompt is a text, ids are its tokens, messages a conversation"});
  }
  if (request.has("ids")) return request.integers("ids");
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  if (request.has("messages")) {
    const std::vector<Message> messages = read_messages(request.at("messages"));
    return encode_chat(tokenizer, render_chat(recognise_format(tokenizer.chat_template), messages));
  }
  return tokenizer.encode(request.text("prompt"), specials, tokenizer.add_bos);
}

SampleRequest read_samples(const Request& request, Engine& engine) {
  SampleRequest samples;
  GenerateOptions& options = samples.options;
  options.max_new_tokens = static_cast<int>(request.integer("max_new_tokens", 64, 0, INT32_MAX));
  options.sampling = read_sampling(request);
  options.seed = request.seed("seed", 0);
  options.ignore_eos = request.flag("ignore_eos", false);
  if (request.has("stop_ids")) options.stop_ids = request.integers("stop_ids");
  samples.num_samples = static_cast<int>(request.integer("num_samples", 1, 1, kMostSamples));
  samples.use_cache = request.flag("cache", true);
  samples.prefill_chunk =
      static_cast<std::size_t>(request.integer("prefill_chunk", kPrefillChunk, 1, INT32_MAX));
  if (request.has("stop")) samples.stop = request.texts("stop");
  check_stop_strings(samples.stop);
  samples.log_probs = static_cast<std::size_t>(request.count("log_probs", 0));
  if (engine.has_tokenizer()) samples.tokenizer = &engine.tokenizer();
  return samples;
}

Json sample_json(const Generated& sample, const SampleRequest& request,
                 const std::vector<TokenScore>& scores) {
  Json json = {{"ids", sample.tokens}, {"text", nullptr}, {"finish", finish_name(sample.finish)}};
  if (request.tokenizer != nullptr) {
    json["text"] = sampled_text(*request.tokenizer, sample, request.stop);
  }
  if (request.log_probs == 0) return json;
  json["log_probs"] = Json::array();
  for (const TokenScore& score : scores) json["log_probs"].push_back(token_score_json(score));
  return json;
}

Json run_json(const SampleRun& run, const SampleRequest& request, const std::vector<int>& prompt) {
  Json samples = Json::array();
  for (std::size_t i = 0; i < run.samples.size(); ++i) {
    const bool scored = i < run.scores.size();
    samples.push_back(
        sample_json(run.samples[i], request, scored ? run.scores[i] : std::vector<TokenScore>()));
  }
  return {{"samples", std::move(samples)}, {"prompt_ids", prompt}, {"evaluated", run.evaluated()}};
}

}  // namespace tokenwalk
