#include <ostream>

#include "lib/io/describe.h"
#include "tools/tokenwalk/print_info.h"
#include "tools/tokenwalk/rope_scaling_json.h"

namespace tokenwalk {
namespace {

Json problem_json(const std::optional<ErrorParts>& problem) {
  if (!problem) return nullptr;
  return {{"message", problem->message},
          {"found", problem->found},
          {"expected", problem->expected},
          {"hint", problem->hint}};
}

Json config_json(const ModelInfo& info) {
  if (!info.config) return nullptr;
  const ModelConfig& c = *info.config;
  return {{"architecture", c.architecture},
          {"layers", c.n_layers},
          {"heads", c.attention.n_heads},
          {"kv_heads", c.attention.n_kv_heads},
          {"head_dim", c.attention.head_dim},
          {"hidden", c.hidden},
          {"intermediate", c.intermediate},
          {"vocab", c.vocab},
          {"context", c.context},
          {"rope_theta", c.rope_theta},
          {"rope_scaling", rope_scaling_json(c.rope_scaling)},
          {"qkv_bias", c.qkv_bias},
          {"o_bias", c.o_bias},
          {"mlp_bias", c.mlp_bias},
          {"qk_norm", c.qk_norm},
          {"tied_head", c.tied_head},
          {"parameters", count_parameters(c)}};
}

Json cache_json(const ModelInfo& info) {
  if (!info.config) return nullptr;
  const KvType type = run_kv_type(info);
  const std::size_t bytes = kv_bytes_per_position(*info.config, type);
  return {{"formula", kCacheFormula},
          {"type", kv_type_name(type)},
          {"bytes_per_position", bytes},
          {"bytes_for_context", bytes * info.config->context}};
}

Json tokenizer_json(const ModelInfo& info) {
  if (!info.tokenizer) return nullptr;
  const TokenizerData& t = *info.tokenizer;
  return {{"kind", "byte-level BPE"},
          {"vocab", t.vocab.size()},
          {"merges", t.merges.size()},
          {"specials", count_special(t)},
          {"split", split_name(t.split)}};
}

// How many tensors the model does not use, and the first of them.
Json unused_json(const std::vector<std::string>& unused) {
  constexpr std::size_t kShown = 3;
  Json first = Json::array();
  for (const std::string& name : unused) {
    if (first.size() < kShown) first.push_back(printable(name));
  }
  return {{"count", unused.size()}, {"first", first}};
}

void add_weights(const ModelInfo& info, Json& json) {
  const TensorFile& file = *info.weights;
  json["unused_tensors"] = unused_json(info.unused);
  json["elements"] = total_elements(file);
  json["bytes"] = total_bytes(file);
  json["precision"] = main_precision(file);
  json["run_precision"] = weight_format_name(run_precision(file));
  json["stored"] = Json::array();
  for (const StoredType& type : stored_types(file)) {
    json["stored"].push_back(
        {{"type", type.name}, {"tensors", type.tensors}, {"bytes", type.bytes}});
  }
  json["tensors"] = Json::array();
  for (const StoredTensor& t : file.tensors()) {
    json["tensors"].push_back({{"name", printable(t.name)},
                               {"type", t.type_name},
                               {"shape", t.shape},
                               {"bytes", t.bytes.size()}});
  }
}

}  // namespace

void print_info_json(std::ostream& out, const ModelInfo& info) {
  Json json = {{"path", info.path},
               {"kind", info.kind},
               {"model", config_json(info)},
               {"model_problem", problem_json(info.config_problem)},
               {"weights_problem", problem_json(info.weights_problem)},
               {"tokenizer", tokenizer_json(info)},
               {"tokenizer_problem", problem_json(info.tokenizer_problem)},
               {"kv_cache", cache_json(info)}};
  if (info.weights) add_weights(info, json);
  if (info.metadata) {
    json["keys"] = Json::object();
    for (const auto& [key, value] : info.metadata->values()) {
      json["keys"][printable(key)] = describe_value(value);
    }
  }
  out << json.dump() << "\n";
}

}  // namespace tokenwalk
