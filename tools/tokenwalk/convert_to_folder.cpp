#include "tools/tokenwalk/convert_to_folder.h"

#include <algorithm>
#include <string_view>

#include "lib/io/mapped_file.h"
#include "lib/io/output_file.h"
#include "lib/io/write_tokenizer_json.h"
#include "tools/tokenwalk/convert_rotary.h"
#include "tools/tokenwalk/rope_scaling_json.h"

namespace tokenwalk {
namespace {

const std::string kTokenizer = "tokenizer.ggml.";

std::string model_type(const std::string& architecture) {
  if (architecture == "LlamaForCausalLM") return "llama";
  return architecture == "Qwen2ForCausalLM" ? "qwen2" : "qwen3";
}

// The id under this key of a GGUF tokenizer, null if it has none.
Json token_id(const ConvertSource& source, const char* key) {
  const std::int64_t id = source.keys.get_integer(kTokenizer + key, -1);
  return id < 0 ? Json(nullptr) : Json(id);
}

Json eos_ids(const ConvertSource& source) {
  std::vector<int> ids = source.config.eos_ids;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.empty()) return nullptr;
  return ids.size() == 1 ? Json(ids.front()) : Json(ids);
}

// null for plain positions, as published folders have it.
Json folder_scaling_json(const ConvertSource& source) {
  const RopeScaling scaling = folder_scaling(source);
  return scaling.kind == RopeScaling::Kind::kDefault ? Json(nullptr) : rope_scaling_json(scaling);
}

Json config_json(const ConvertSource& source, const std::string& dtype) {
  const ModelConfig& c = source.config;
  const bool qkv_bias = source.has_tensor("model.layers.0.self_attn.q_proj.bias");
  return {{"architectures", {c.architecture}},
          {"model_type", model_type(c.architecture)},
          {"vocab_size", c.vocab},
          {"hidden_size", c.hidden},
          {"num_hidden_layers", c.n_layers},
          {"num_attention_heads", c.attention.n_heads},
          {"num_key_value_heads", c.attention.n_kv_heads},
          {"head_dim", c.attention.head_dim},
          {"intermediate_size", c.intermediate},
          {"max_position_embeddings", c.context},
          {"rope_theta", shortest_decimal(static_cast<float>(c.rope_theta))},
          {"rope_scaling", folder_scaling_json(source)},
          {"rms_norm_eps", shortest_decimal(c.rms_eps)},
          {"hidden_act", "silu"},
          {"attention_bias", qkv_bias && c.architecture != "Qwen2ForCausalLM"},
          {"mlp_bias", source.has_tensor("model.layers.0.mlp.up_proj.bias")},
          {"tie_word_embeddings", c.tied_head},
          {"bos_token_id", token_id(source, "bos_token_id")},
          {"eos_token_id", eos_ids(source)},
          {"pad_token_id", token_id(source, "padding_token_id")},
          {"torch_dtype", dtype}};
}

Json generation_json(const ConvertSource& source) {
  return {{"bos_token_id", token_id(source, "bos_token_id")},
          {"eos_token_id", eos_ids(source)},
          {"pad_token_id", token_id(source, "padding_token_id")}};
}

Json tokenizer_config_json(const ConvertSource& source) {
  const TokenizerData& t = *source.tokenizer;
  const auto token = [&](const char* key) {
    const std::int64_t id = source.keys.get_integer(kTokenizer + key, -1);
    return id < 0 ? Json(nullptr) : Json(t.vocab.at(static_cast<std::size_t>(id)));
  };
  Json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                 {"model_max_length", source.config.context},
                 {"bos_token", token("bos_token_id")},
                 {"eos_token", token("eos_token_id")},
                 {"pad_token", token("padding_token_id")},
                 {"unk_token", token("unknown_token_id")},
                 {"add_bos_token", t.add_bos},
                 {"clean_up_tokenization_spaces", false}};
  if (!t.chat_template.empty()) config["chat_template"] = t.chat_template;
  return config;
}

void write_json(const std::filesystem::path& path, const Json& json) {
  write_text_file(path, json.dump(2) + "\n");
}

void copy_file(const ConvertSource& source, const char* name, const OutputFolder& out) {
  std::error_code no_matter;
  if (!std::filesystem::exists(source.path / name, no_matter)) return;
  write_text_file(out.file(name), MappedFile(source.path / name).text());
}

void copy_folder_files(const ConvertSource& source, const std::string& dtype,
                       const OutputFolder& out) {
  Json config = Json::parse(MappedFile(source.path / "config.json").text());
  config[config.contains("dtype") ? "dtype" : "torch_dtype"] = dtype;
  write_json(out.file("config.json"), config);
  for (const char* name :
       {"generation_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json",
        "merges.txt", "added_tokens.json", "special_tokens_map.json", "chat_template.jinja"}) {
    copy_file(source, name, out);
  }
}

}  // namespace

void write_folder_files(const ConvertSource& source, const std::string& dtype,
                        const OutputFolder& out) {
  if (!source.is_gguf) {
    copy_folder_files(source, dtype, out);
    return;
  }
  write_json(out.file("config.json"), config_json(source, dtype));
  write_json(out.file("generation_config.json"), generation_json(source));
  if (!source.tokenizer) return;
  write_tokenizer_json(out.file("tokenizer.json"), *source.tokenizer);
  write_json(out.file("tokenizer_config.json"), tokenizer_config_json(source));
}

}  // namespace tokenwalk
