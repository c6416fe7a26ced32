#include "lib/model/config.h"

#include "lib/model/config_reader.h"

namespace tokenwalk {
namespace {

// What we do not compute must not be asked for.
void refuse_hf_options(const Metadata& m) {
  if (m.get_bool("use_sliding_window", false)) {
    fail_config(m, "use_sliding_window is not supported", "true", "false");
  }
  if (m.contains("layer_types")) {
    for (const std::string& type : m.get_strings("layer_types")) {
      if (type == "full_attention") continue;
      fail_config(m, "the layer type is not supported", type, "full_attention");
    }
  }
  const std::string activation = m.get_string("hidden_act", "silu");
  if (activation != "silu") {
    fail_config(m, "the activation is not supported", activation, "silu");
  }
}

// Llama and Qwen3 say whether they have biases; Qwen2 always has those of Q, K and V.
void read_biases(const Metadata& m, ModelConfig& c) {
  const bool qwen2 = c.architecture == "Qwen2ForCausalLM";
  c.qkv_bias = qwen2 || m.get_bool("attention_bias", false);
  c.o_bias = !qwen2 && m.get_bool("attention_bias", false);
  c.mlp_bias = m.get_bool("mlp_bias", false);
  if (c.mlp_bias && c.architecture != "LlamaForCausalLM") {
    fail_config(m, "mlp_bias is not supported in " + c.architecture, "true", "false");
  }
}

std::string read_architecture(const Metadata& m) {
  std::string name = "none";
  if (m.contains("architectures") && !m.get_strings("architectures").empty()) {
    name = m.get_strings("architectures")[0];
  }
  for (const char* known :
       {"LlamaForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM", kTransformerLm}) {
    if (name == known) return name;
  }
  fail_config(m, "the architecture is not supported", name,
              "LlamaForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM or TransformerLM");
}

}  // namespace

ModelConfig config_from_hf(const Metadata& m) {
  ModelConfig c;
  c.architecture = read_architecture(m);
  if (c.architecture == kTransformerLm) return config_from_transformer_lm(m);
  refuse_hf_options(m);
  read_biases(m, c);
  c.n_layers = get_layers(m, "num_hidden_layers");
  c.hidden = get_size(m, "hidden_size");
  c.intermediate = get_size(m, "intermediate_size");
  c.attention.n_heads = get_size(m, "num_attention_heads");
  c.attention.n_kv_heads = get_size(m, "num_key_value_heads", c.attention.n_heads);
  c.attention.head_dim = get_head_dim(m, "head_dim", c);
  c.vocab = get_size(m, "vocab_size");
  c.context = get_size(m, "max_position_embeddings");
  c.rope_theta = rope_theta_from_hf(m);
  c.rope_scaling = rope_scaling_from_hf(m, c.context);
  c.rms_eps = static_cast<float>(m.get_real("rms_norm_eps", 1e-6));
  c.qk_norm = c.architecture == "Qwen3ForCausalLM";
  c.tied_head = m.get_bool("tie_word_embeddings", false);
  c.eos_ids = get_ids(m, "eos_token_id", c.vocab);
  check_config(m, c);
  return c;
}

std::size_t count_parameters(const ModelConfig& c) {
  const std::size_t q = c.attention.q_size(), kv = c.attention.kv_size();
  const std::size_t matrices = c.hidden * (2 * q + 2 * kv + 3 * c.intermediate);
  const std::size_t norms = 2 * c.hidden + (c.qk_norm ? 2 * c.attention.head_dim : 0);
  const std::size_t biases = (c.qkv_bias ? q + 2 * kv : 0) + (c.o_bias ? c.hidden : 0) +
                             (c.mlp_bias ? 2 * c.intermediate + c.hidden : 0);
  const std::size_t table = c.vocab * c.hidden;
  return c.n_layers * (matrices + norms + biases) + c.hidden + table * (c.tied_head ? 1 : 2);
}

std::size_t kv_bytes_per_position(const ModelConfig& c, KvType type) {
  return 2 * c.n_layers * c.attention.kv_size() * kv_type_bytes(type);
}

}  // namespace tokenwalk
