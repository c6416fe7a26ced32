#include <algorithm>
#include <numeric>

#include "chapters/01_tokenizer/utf8.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/04_transformer/forward_full.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "lib/base/error.h"
#include "tools/tokenwalk/fingerprint.h"
#include "tools/tokenwalk/jsonl_ops.h"
#include "tools/tokenwalk/sampling_request.h"
#include "tools/tokenwalk/version.h"

namespace tokenwalk {
namespace {

// ---- info ------------------------------------------------------------------------------------

Json answer_info(const Request&, Engine& engine) {
  Json reply;
  const bool tokenizer_alone =
      engine.options().model.empty() && !engine.options().tokenizer.empty();
  if (!tokenizer_alone) {
    const ModelConfig& c = engine.model().config;
    reply["model"] = {{"architecture", c.architecture},
                      {"layers", c.n_layers},
                      {"heads", c.attention.n_heads},
                      {"kv_heads", c.attention.n_kv_heads},
                      {"head_dim", c.attention.head_dim},
                      {"hidden", c.hidden},
                      {"vocab", c.vocab},
                      {"context", c.context},
                      {"precision", engine.options().precision},
                      {"parameters", count_parameters(c)}};
  }
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  Json specials = Json::object();
  for (const int id : tokenizer.tokenizer.vocabulary().specials) {
    specials[to_text(tokenizer.tokenizer.token(id))] = id;
  }
  reply["tokenizer"] = {{"kind", "byte-level BPE, split " + tokenizer.split},
                        {"vocab", tokenizer.tokenizer.size()},
                        {"specials", std::move(specials)}};
  ThreadPool pool(1);
  Json names = Json::array();
  for (const auto& set : exact_kernel_sets(pool)) names.push_back(set->name());
  reply["kernels"] = std::move(names);
  reply["threads"] = engine.threads();
  reply["version"] = version();
  return reply;
}

// ---- logits ----------------------------------------------------------------------------------

std::vector<std::size_t> read_chunks(const Request& request, std::size_t n_ids) {
  if (!request.has("chunks")) return {n_ids};
  std::vector<std::size_t> chunks;
  for (const int size : request.integers("chunks")) {
    if (size < 1) {
      throw Error(ErrorCode::kBadValue,
                  {"bad size in chunks", std::to_string(size), "sizes of at least 1", ""});
    }
    chunks.push_back(static_cast<std::size_t>(size));
  }
  const std::size_t sum = std::accumulate(chunks.begin(), chunks.end(), std::size_t{0});
  if (sum != n_ids) {
    throw Error(ErrorCode::kBadValue, {"chunks do not add up to the ids", std::to_string(sum),
                                       std::to_string(n_ids), ""});
  }
  return chunks;
}

// Rows of ids[begin .. end) through the cache.
std::vector<float> cached_rows(const Model& model, KvCache& cache, std::span<const int> ids,
                               std::size_t begin, std::size_t end) {
  std::vector<ForwardRow> rows;
  for (std::size_t i = begin; i < end; ++i) rows.push_back({ids[i], i, &cache, true});
  return forward_cached(model, rows);
}

// The same rows with everything before them recomputed.
std::vector<float> uncached_rows(const Model& model, std::span<const int> ids, std::size_t begin,
                                 std::size_t end) {
  const std::vector<float> all = forward_full(model, ids.first(end), LogitRows::kAll).logits;
  return {all.begin() + static_cast<std::ptrdiff_t>(begin * model.config.vocab), all.end()};
}

std::vector<float> all_rows(const Model& model, const Request& request, std::span<const int> ids) {
  const bool use_cache = request.flag("cache", true);
  KvCache cache(model);
  std::vector<float> logits;
  std::size_t begin = 0;
  for (const std::size_t size : read_chunks(request, ids.size())) {
    const std::vector<float> rows = use_cache ? cached_rows(model, cache, ids, begin, begin + size)
                                              : uncached_rows(model, ids, begin, begin + size);
    logits.insert(logits.end(), rows.begin(), rows.end());
    begin += size;
  }
  return logits;
}

// The k largest logits with their ids; ties: lower id first.
Json best_logits(std::span<const float> row, std::size_t k) {
  std::vector<int> ids(row.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto value = [&](int id) { return row[static_cast<std::size_t>(id)]; };
  std::stable_sort(ids.begin(), ids.end(), [&](int a, int b) { return value(a) > value(b); });
  Json best = Json::array();
  for (std::size_t i = 0; i < std::min(k, ids.size()); ++i) {
    best.push_back({ids[i], to_json(value(ids[i]))});
  }
  return best;
}

Json answer_logits(const Request& request, Engine& engine) {
  const Model& model = engine.model();
  const std::vector<int> ids = request.integers("ids");
  const std::string which = request.text("rows", "last");
  if (which != "last" && which != "all") {
    throw Error(ErrorCode::kBadValue, {"bad rows", which, "\"last\" or \"all\"", ""});
  }
  check_generate(model.config, ids, {});
  const std::vector<float> rows = all_rows(model, request, ids);
  const std::size_t vocab = model.config.vocab;
  const auto last = std::span(rows).last(vocab);
  const auto wanted = which == "all" ? std::span(rows) : last;

  Json best = Json::array();
  for (std::size_t i = 0; i < wanted.size(); i += vocab) {
    best.push_back(argmax(wanted.subspan(i, vocab)));
  }
  const std::string bytes = float_bytes(wanted);
  Json reply = {{"sha256", sha256_hex(bytes)}, {"argmax", best}, {"top", best_logits(last, 5)}};
  if (request.flag("full", false)) reply["base64"] = base64(bytes);
  return reply;
}

// ---- generate --------------------------------------------------------------------------------

constexpr int kMostSamples = 4096;

std::vector<int> read_prompt(const Request& request, Engine& engine) {
  if (request.has("prompt") == request.has("ids")) {
    throw Error(ErrorCode::kBadRequest, {"the prompt is not clear",
                                         request.has("prompt") ? "both prompt and ids" : "neither",
                                         "one of the keys \"prompt\" and \"ids\"", ""});
  }
  if (request.has("ids")) return request.integers("ids");
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  return tokenizer.encode(request.text("prompt"), request.flag("specials", true),
                          tokenizer.add_bos);
}

GenerateOptions read_generate_options(const Request& request) {
  GenerateOptions options;
  options.max_new_tokens = static_cast<int>(request.integer("max_new_tokens", 64, 0, INT32_MAX));
  options.sampling = read_sampling(request);
  options.seed = request.seed("seed", 0);
  options.ignore_eos = request.flag("ignore_eos", false);
  if (request.has("stop_ids")) options.stop_ids = request.integers("stop_ids");
  return options;
}

// The text of the new ids without the one that ended them.
std::string shown_text(const PublishedTokenizer& tokenizer, const Generated& generated) {
  std::vector<int> ids = generated.tokens;
  const bool ended = generated.finish == Finish::kEos || generated.finish == Finish::kStopToken;
  if (ended) ids.pop_back();
  return to_text(tokenizer.decode_shown(ids));
}

// Samples one after the other; with the cache they share the prefill.
std::vector<Generated> generate_samples(const Model& model, std::span<const int> prompt,
                                        GenerateOptions options, const Request& request,
                                        std::size_t& evaluated) {
  const auto chunk =
      static_cast<std::size_t>(request.integer("prefill_chunk", kPrefillChunk, 1, INT32_MAX));
  const auto n = static_cast<std::uint32_t>(request.integer("num_samples", 1, 1, kMostSamples));
  check_generate(model.config, prompt, options);
  KvCache cache(model);
  const bool use_cache = request.flag("cache", true);
  std::vector<float> logits;
  if (use_cache) {
    logits = prefill(model, cache, prompt, chunk);
    evaluated += prompt.size();
  }
  std::vector<Generated> samples;
  for (options.stream = 0; options.stream < n; ++options.stream) {
    cache.truncate(use_cache ? prompt.size() : 0);
    samples.push_back(use_cache ? decode(model, cache, logits, options)
                                : generate_naive(model, prompt, options));
    evaluated += samples.back().evaluated;
  }
  return samples;
}

Json answer_generate(const Request& request, Engine& engine) {
  const std::vector<int> prompt = read_prompt(request, engine);
  const GenerateOptions options = read_generate_options(request);
  std::size_t evaluated = 0;
  Json samples = Json::array();
  for (const Generated& sample :
       generate_samples(engine.model(), prompt, options, request, evaluated)) {
    samples.push_back({{"ids", sample.tokens},
                       {"text", shown_text(engine.tokenizer(), sample)},
                       {"finish", finish_name(sample.finish)}});
  }
  return {{"samples", std::move(samples)}, {"prompt_ids", prompt}, {"evaluated", evaluated}};
}

std::vector<std::string_view> generate_keys() {
  std::vector<std::string_view> keys = {"prompt",      "ids",          "max_new_tokens", "seed",
                                        "num_samples", "stop_ids",     "ignore_eos",     "cache",
                                        "specials",    "prefill_chunk"};
  for (const std::string_view key : sampling_keys()) keys.push_back(key);
  return keys;
}

}  // namespace

std::vector<JsonlOp> model_ops() {
  return {
      {"info", {}, answer_info},
      {"logits", {"ids", "chunks", "cache", "rows", "full"}, answer_logits},
      {"generate", generate_keys(), answer_generate},
  };
}

}  // namespace tokenwalk
