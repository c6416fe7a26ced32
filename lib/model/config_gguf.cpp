#include "lib/model/config.h"
#include "lib/model/config_reader.h"

namespace tokenwalk {
namespace {

std::string hf_architecture(const Metadata& m, const std::string& name) {
  if (name == "llama") return "LlamaForCausalLM";
  if (name == "qwen2") return "Qwen2ForCausalLM";
  if (name == "qwen3") return "Qwen3ForCausalLM";
  fail_config(m, "the architecture is not supported", name, "llama, qwen2 or qwen3");
}

std::size_t get_vocab(const Metadata& m, const std::string& size_key) {
  const std::string tokens = "tokenizer.ggml.tokens";
  if (!m.contains(tokens) && m.contains(size_key)) return get_size(m, size_key);
  return check_size(m, "of " + tokens, static_cast<std::int64_t>(m.get_strings(tokens).size()));
}

void refuse_partial_rotation(const Metadata& m, const std::string& key, std::size_t head_dim) {
  const std::size_t rotated = get_size(m, key, head_dim);
  if (rotated != head_dim) {
    fail_config(m, "a rotation of a part of the head is not supported",
                key + " " + std::to_string(rotated), std::to_string(head_dim));
  }
}

}  // namespace

ModelConfig config_from_gguf(const Metadata& m) {
  ModelConfig c;
  const std::string name = m.get_string("general.architecture");
  const auto key = [&](const char* rest) { return name + "." + rest; };
  c.architecture = hf_architecture(m, name);
  c.n_layers = get_layers(m, key("block_count"));
  c.hidden = get_size(m, key("embedding_length"));
  c.intermediate = get_size(m, key("feed_forward_length"));
  c.attention.n_heads = get_size(m, key("attention.head_count"));
  c.attention.n_kv_heads = get_size(m, key("attention.head_count_kv"), c.attention.n_heads);
  c.attention.head_dim = get_head_dim(m, key("attention.key_length"), c);
  c.vocab = get_vocab(m, key("vocab_size"));
  c.context = get_size(m, key("context_length"));
  c.rope_theta = m.get_real(key("rope.freq_base"), 10000);
  c.rope_scaling = rope_scaling_from_gguf(m, name);
  refuse_partial_rotation(m, key("rope.dimension_count"), c.attention.head_dim);
  c.rms_eps = static_cast<float>(m.get_real(key("attention.layer_norm_rms_epsilon")));
  c.qk_norm = name == "qwen3";
  c.qkv_bias = name == "qwen2";
  c.tied_head = true;
  for (const char* end : {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"}) {
    for (const int id : get_ids(m, end, c.vocab)) c.eos_ids.push_back(id);
  }
  check_config(m, c);
  return c;
}

}  // namespace tokenwalk
