// Chapter 06 as operations.
#include "chapters/06_cached_generate/generate_cached.h"
#include "tools/grading/operations/models.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

// K and V of all layers at a position.
json stored(const Model& model, const KvCache& cache, std::size_t position) {
  const std::size_t size = model.config.attention.kv_size();
  std::vector<float> k(size), v(size);
  json layers = json::array();
  for (std::size_t i = 0; i < model.config.n_layers; ++i) {
    model.kernels->kv_read(cache.layer(i), position, k.data(), v.data());
    layers.push_back({{"k", numbers(k)}, {"v", numbers(v)}});
  }
  return layers;
}

// Rows fed one call at a time, without prefill: what chapter 06's forward leaves in the cache.
std::vector<float> feed(const Model& model, KvCache& cache, const std::vector<int>& ids) {
  std::vector<ForwardRow> rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    rows.push_back({ids[i], cache.length() + i, &cache, i + 1 == ids.size()});
  }
  return forward_cached(model, rows);
}

json append(const json& args) {
  const Model model = model_of(args.at("model"));
  KvCache cache(model);
  json result = json::object();
  for (const json& ids : args.at("calls")) result["logits"] = numbers(feed(model, cache, ids));
  result["length"] = cache.length();
  json all = json::array();
  for (std::size_t p = 0; p < cache.length(); ++p) all.push_back(stored(model, cache, p));
  result["kv"] = all;
  return result;
}

// Lengths, bytes and logits of a cache that is fed and cut: steps of {"feed": ids} and {"cut": n}.
json truncated(const json& args) {
  const Model model = model_of(args.at("model"));
  KvCache cache(model);
  json trace = json::array();
  for (const json& step : args.at("steps")) {
    if (step.contains("cut")) {
      cache.truncate(step.at("cut"));
      trace.push_back({{"length", cache.length()}});
    } else {
      const std::vector<float> logits = feed(model, cache, ids_of(step, "feed"));
      trace.push_back({{"length", cache.length()}, {"logits", numbers(logits)}});
    }
  }
  return trace;
}

json cache_bytes(const json& args) {
  const Model model = model_of(args.at("model"));
  KvCache cache(model);
  json sizes = json::array({cache.bytes()});
  for (const json& ids : args.at("calls")) {
    feed(model, cache, ids);
    sizes.push_back(cache.bytes());
  }
  return sizes;
}

json prefill_in_chunks(const json& args) {
  const Model model = model_of(args.at("model"));
  KvCache cache(model);
  json result = json::array();
  for (const json& ids : args.at("calls")) {
    const std::vector<int> list = ids;
    const std::vector<float> logits = prefill(model, cache, list, args.at("chunk"));
    result.push_back({{"logits", numbers(logits)}, {"length", cache.length()}});
  }
  return result;
}

json decode_after(const json& args) {
  const Model model = model_of(args.at("model"));
  KvCache cache(model);
  const std::vector<float> logits = feed(model, cache, ids_of(args, "prompt"));
  json result = generated(decode(model, cache, logits, options_of(args.at("options"))));
  result["length"] = cache.length();
  return result;
}

json generate(const json& args) {
  const Model model = model_of(args.at("model"));
  return generated(generate_cached(model, ids_of(args, "prompt"), options_of(args.at("options")),
                                   args.value("chunk", kPrefillChunk)));
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {{"forward_cached", append}, {"truncate", truncated},
                                        {"bytes", cache_bytes},     {"prefill", prefill_in_chunks},
                                        {"decode", decode_after},   {"generate_cached", generate}};
  return operations;
}

}  // namespace tokenwalk::grading
