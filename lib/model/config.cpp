#include "lib/model/config.h"

#include <cmath>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

// Far beyond any real model; keeps products of sizes from overflowing.
constexpr std::int64_t kLargestSize = 1 << 24;

[[noreturn]] void fail(const Metadata& m, const std::string& message, const std::string& found,
                       const std::string& expected, const std::string& hint = "") {
  throw Error(ErrorCode::kBadFile, {m.source() + ": " + message, found, expected, hint});
}

std::size_t check_size(const Metadata& m, const std::string& key, std::int64_t value) {
  if (value < 1 || value > kLargestSize) {
    fail(m, "bad size " + key, std::to_string(value),
         "a number from 1 to " + std::to_string(kLargestSize));
  }
  return static_cast<std::size_t>(value);
}

std::size_t get_size(const Metadata& m, const std::string& key) {
  return check_size(m, key, m.get_integer(key));
}

std::size_t get_size(const Metadata& m, const std::string& key, std::size_t fallback) {
  return m.contains(key) ? get_size(m, key) : fallback;
}

// Where a file does not give it, the heads share the width of the residual stream.
std::size_t get_head_dim(const Metadata& m, const std::string& key, const ModelConfig& c) {
  if (m.contains(key)) return get_size(m, key);
  return check_size(m, "head_dim", static_cast<std::int64_t>(c.hidden / c.attention.n_heads));
}

// Rules that every configuration keeps, wherever it came from.
void check_config(const Metadata& m, const ModelConfig& c) {
  const AttentionShape& a = c.attention;
  if (a.n_heads % a.n_kv_heads != 0) {
    fail(m, "query heads do not share the K/V heads evenly",
         std::to_string(a.n_heads) + " and " + std::to_string(a.n_kv_heads),
         "a multiple of the K/V heads");
  }
  if (a.head_dim % 2 != 0) {
    fail(m, "rotary positions need pairs", "head_dim " + std::to_string(a.head_dim), "an even one");
  }
  if (!(c.rms_eps > 0 && std::isfinite(c.rms_eps)) || !(c.rope_theta > 0) ||
      !std::isfinite(c.rope_theta)) {
    fail(m, "bad number",
         "rms eps " + std::to_string(c.rms_eps) + ", rope theta " + std::to_string(c.rope_theta),
         "finite numbers above 0");
  }
}

std::vector<int> get_ids(const Metadata& m, const std::string& key, std::size_t vocab) {
  std::vector<int> ids;
  if (!m.contains(key)) return ids;
  for (const std::int64_t id : m.get_integers(key)) {
    if (id < 0 || id >= static_cast<std::int64_t>(vocab)) {
      fail(m, key + " is no token", std::to_string(id),
           "an id from 0 to " + std::to_string(vocab - 1));
    }
    ids.push_back(static_cast<int>(id));
  }
  return ids;
}

// What we do not compute must not be asked for.
void refuse_hf_options(const Metadata& m) {
  for (const char* key : {"attention_bias", "mlp_bias", "use_sliding_window"}) {
    if (m.get_bool(key, false)) fail(m, std::string(key) + " is not supported", "true", "false");
  }
  const std::string activation = m.get_string("hidden_act", "silu");
  if (activation != "silu") fail(m, "the activation is not supported", activation, "silu");
  for (const std::string prefix : {"rope_scaling.", "rope_parameters."}) {
    for (const char* key : {"rope_type", "type"}) {
      const std::string type = m.get_string(prefix + key, "default");
      if (type != "default") fail(m, "the rotary scaling is not supported", type, "default");
    }
  }
}

}  // namespace

ModelConfig config_from_hf(const Metadata& m) {
  ModelConfig c;
  if (m.contains("architectures") && !m.get_strings("architectures").empty()) {
    c.architecture = m.get_strings("architectures")[0];
  }
  if (c.architecture != "LlamaForCausalLM" && c.architecture != "Qwen3ForCausalLM") {
    fail(m, "the architecture is not supported", c.architecture.empty() ? "none" : c.architecture,
         "LlamaForCausalLM or Qwen3ForCausalLM");
  }
  refuse_hf_options(m);
  c.n_layers = get_size(m, "num_hidden_layers");
  c.hidden = get_size(m, "hidden_size");
  c.intermediate = get_size(m, "intermediate_size");
  c.attention.n_heads = get_size(m, "num_attention_heads");
  c.attention.n_kv_heads = get_size(m, "num_key_value_heads", c.attention.n_heads);
  c.attention.head_dim = get_head_dim(m, "head_dim", c);
  c.vocab = get_size(m, "vocab_size");
  c.context = get_size(m, "max_position_embeddings");
  c.rope_theta = m.get_real("rope_parameters.rope_theta", m.get_real("rope_theta", 10000));
  c.rms_eps = static_cast<float>(m.get_real("rms_norm_eps", 1e-6));
  c.qk_norm = c.architecture == "Qwen3ForCausalLM";
  c.tied_head = m.get_bool("tie_word_embeddings", false);
  c.eos_ids = get_ids(m, "eos_token_id", c.vocab);
  check_config(m, c);
  return c;
}

ModelConfig config_from_gguf(const Metadata& m) {
  ModelConfig c;
  const std::string name = m.get_string("general.architecture");
  if (name != "llama" && name != "qwen3") {
    fail(m, "the architecture is not supported", name, "llama or qwen3");
  }
  const auto key = [&](const char* rest) { return name + "." + rest; };
  c.architecture = name == "llama" ? "LlamaForCausalLM" : "Qwen3ForCausalLM";
  const std::string scaling = m.get_string(key("rope.scaling.type"), "none");
  if (scaling != "none") fail(m, "the rotary scaling is not supported", scaling, "none");
  c.n_layers = get_size(m, key("block_count"));
  c.hidden = get_size(m, key("embedding_length"));
  c.intermediate = get_size(m, key("feed_forward_length"));
  c.attention.n_heads = get_size(m, key("attention.head_count"));
  c.attention.n_kv_heads = get_size(m, key("attention.head_count_kv"), c.attention.n_heads);
  c.attention.head_dim = get_head_dim(m, key("attention.key_length"), c);
  c.vocab = check_size(m, "of tokenizer.ggml.tokens",
                       static_cast<std::int64_t>(m.get_strings("tokenizer.ggml.tokens").size()));
  c.context = get_size(m, key("context_length"));
  c.rope_theta = m.get_real(key("rope.freq_base"), 10000);
  c.rms_eps = static_cast<float>(m.get_real(key("attention.layer_norm_rms_epsilon")));
  c.qk_norm = name == "qwen3";
  c.tied_head = true;
  for (const char* end : {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"}) {
    for (const int id : get_ids(m, end, c.vocab)) c.eos_ids.push_back(id);
  }
  check_config(m, c);
  return c;
}

std::size_t count_parameters(const ModelConfig& c) {
  const std::size_t attention = c.hidden * (2 * c.attention.q_size() + 2 * c.attention.kv_size()) +
                                (c.qk_norm ? 2 * c.attention.head_dim : 0);
  const std::size_t mlp = 3 * c.hidden * c.intermediate;
  const std::size_t table = c.vocab * c.hidden;
  return c.n_layers * (attention + mlp + 2 * c.hidden) + c.hidden + table * (c.tied_head ? 1 : 2);
}

std::size_t kv_bytes_per_position(const ModelConfig& c) {
  return 2 * c.n_layers * c.attention.kv_size() * sizeof(float);
}

}  // namespace tokenwalk
