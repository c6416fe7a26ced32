#include <numeric>

#include "chapters/01_tokenizer/utf8.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/04_transformer/forward_full.h"
#include "chapters/04_transformer/program/show.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "lib/base/error.h"
#include "tools/tokenwalk/fingerprint.h"
#include "tools/tokenwalk/generate_request.h"
#include "tools/tokenwalk/jsonl_ops.h"
#include "tools/tokenwalk/version.h"

namespace tokenwalk {
namespace {

// ---- info ------------------------------------------------------------------------------------

Json describe_tokenizer(const PublishedTokenizer& tokenizer) {
  Json specials = Json::object();
  for (int id = 0; id < tokenizer.tokenizer.size(); ++id) {
    const bool control = tokenizer.control[static_cast<std::size_t>(id)];
    if (control) specials[to_text(tokenizer.tokenizer.token(id))] = id;
  }
  return {{"kind", "byte-level BPE, split " + tokenizer.split},
          {"vocab", tokenizer.tokenizer.size()},
          {"specials", std::move(specials)}};
}

Json answer_info(const Request&, Engine& engine) {
  Json reply;
  const bool tokenizer_alone =
      engine.options().model.empty() && !engine.options().tokenizer.empty();
  if (!tokenizer_alone) {
    const Model& model = engine.model();
    const ModelConfig& c = model.config;
    reply["model"] = {{"architecture", c.architecture},
                      {"layers", c.n_layers},
                      {"heads", c.attention.n_heads},
                      {"kv_heads", c.attention.n_kv_heads},
                      {"head_dim", c.attention.head_dim},
                      {"hidden", c.hidden},
                      {"vocab", c.vocab},
                      {"context", c.context},
                      {"precision", weight_format_name(model.precision)},
                      {"parameters", count_parameters(c)}};
  }
  if (engine.has_tokenizer()) reply["tokenizer"] = describe_tokenizer(engine.tokenizer());
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
                  {"bad size in chunks", std::to_string(size), "sizes of at least 1",
                   "each is the number of ids of one call"});
    }
    chunks.push_back(static_cast<std::size_t>(size));
  }
  const std::size_t sum = std::accumulate(chunks.begin(), chunks.end(), std::size_t{0});
  if (sum != n_ids) {
    throw Error(ErrorCode::kBadValue, {"chunks do not add up to the ids", std::to_string(sum),
                                       std::to_string(n_ids), "chunks are the sizes of the calls"});
  }
  return chunks;
}

// Rows of ids[begin .. end) through the cache: all of them, or the text's last one if it is there.
std::vector<float> cached_rows(const Model& model, KvCache& cache, std::span<const int> ids,
                               std::size_t begin, std::size_t end, LogitRows wanted) {
  std::vector<ForwardRow> rows;
  for (std::size_t i = begin; i < end; ++i) {
    rows.push_back({ids[i], i, &cache, wanted == LogitRows::kAll || i + 1 == ids.size()});
  }
  return forward_cached(model, rows);
}

// The same rows with everything before them recomputed.
std::vector<float> uncached_rows(const Model& model, std::span<const int> ids, std::size_t begin,
                                 std::size_t end, LogitRows wanted) {
  if (wanted == LogitRows::kLast && end < ids.size()) return {};
  const std::vector<float> rows = forward_full(model, ids.first(end), wanted).logits;
  if (wanted == LogitRows::kLast) return rows;
  return {rows.begin() + static_cast<std::ptrdiff_t>(begin * model.config.vocab), rows.end()};
}

std::vector<float> wanted_rows(const Model& model, const Request& request, std::span<const int> ids,
                               LogitRows wanted) {
  const bool use_cache = request.flag("cache", true);
  KvCache cache(model);
  std::vector<float> logits;
  std::size_t begin = 0;
  for (const std::size_t size : read_chunks(request, ids.size())) {
    const std::size_t end = begin + size;
    const std::vector<float> rows = use_cache ? cached_rows(model, cache, ids, begin, end, wanted)
                                              : uncached_rows(model, ids, begin, end, wanted);
    logits.insert(logits.end(), rows.begin(), rows.end());
    begin = end;
  }
  return logits;
}

LogitRows read_rows(const Request& request) {
  const std::string which = request.text("rows", "last");
  if (which == "last") return LogitRows::kLast;
  if (which == "all") return LogitRows::kAll;
  throw Error(ErrorCode::kBadValue, {"bad rows", which, "\"last\" or \"all\"", ""});
}

// The k largest logits with their ids, as best_ids orders them.
Json best_logits(std::span<const float> row, std::size_t k) {
  Json best = Json::array();
  for (const int id : best_ids(row, k)) {
    best.push_back({id, to_json(row[static_cast<std::size_t>(id)])});
  }
  return best;
}

Json answer_logits(const Request& request, Engine& engine) {
  const Model& model = engine.model();
  const std::vector<int> ids = request.integers("ids");
  const LogitRows wanted = read_rows(request);
  const bool full = request.flag("full", false);
  check_generate(model.config, ids, {});
  const std::vector<float> rows = wanted_rows(model, request, ids, wanted);
  const std::size_t vocab = model.config.vocab;

  Json best = Json::array();
  for (std::size_t i = 0; i < rows.size(); i += vocab) {
    best.push_back(argmax(std::span(rows).subspan(i, vocab)));
  }
  const std::string bytes = float_bytes(rows);
  Json reply = {{"sha256", sha256_hex(bytes)},
                {"argmax", best},
                {"top", best_logits(std::span(rows).last(vocab), 5)}};
  if (full) reply["base64"] = base64(bytes);
  return reply;
}

// ---- generate --------------------------------------------------------------------------------

Json answer_generate(const Request& request, Engine& engine) {
  const SampleRequest samples = read_samples(request, engine);
  const std::vector<int> prompt = read_prompt(request, engine);
  return run_json(run_samples(engine.model(), prompt, samples), samples, prompt);
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
