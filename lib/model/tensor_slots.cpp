#include "lib/model/tensor_slots.h"

namespace tokenwalk {
namespace {

// Collects the slots of one layer.
struct LayerSlots {
  std::string prefix;
  std::vector<TensorSlot> slots;

  void vector(const std::string& name, std::size_t n, std::vector<float>& place) {
    slots.push_back({prefix + name, n, 0, nullptr, &place});
  }

  // A matrix [n_out, n_in] and, if there is one, its bias [n_out].
  void projection(const std::string& name, std::size_t n_out, std::size_t n_in,
                  std::unique_ptr<Matrix>& place, bool has_bias, std::vector<float>& bias) {
    slots.push_back({prefix + name + ".weight", n_out, n_in, &place, nullptr});
    if (has_bias) vector(name + ".bias", n_out, bias);
  }
};

}  // namespace

std::vector<TensorSlot> layer_slots(const ModelConfig& c, std::size_t index, LayerWeights& layer) {
  const std::size_t q = c.attention.q_size(), kv = c.attention.kv_size();
  LayerSlots s{"model.layers." + std::to_string(index) + ".", {}};
  s.vector("input_layernorm.weight", c.hidden, layer.attention_norm);
  s.projection("self_attn.q_proj", q, c.hidden, layer.q, c.qkv_bias, layer.q_bias);
  s.projection("self_attn.k_proj", kv, c.hidden, layer.k, c.qkv_bias, layer.k_bias);
  s.projection("self_attn.v_proj", kv, c.hidden, layer.v, c.qkv_bias, layer.v_bias);
  if (c.qk_norm) {
    s.vector("self_attn.q_norm.weight", c.attention.head_dim, layer.q_norm);
    s.vector("self_attn.k_norm.weight", c.attention.head_dim, layer.k_norm);
  }
  s.projection("self_attn.o_proj", c.hidden, q, layer.o, c.o_bias, layer.o_bias);
  s.vector("post_attention_layernorm.weight", c.hidden, layer.mlp_norm);
  s.projection("mlp.gate_proj", c.intermediate, c.hidden, layer.gate, c.mlp_bias, layer.gate_bias);
  s.projection("mlp.up_proj", c.intermediate, c.hidden, layer.up, c.mlp_bias, layer.up_bias);
  s.projection("mlp.down_proj", c.hidden, c.intermediate, layer.down, c.mlp_bias, layer.down_bias);
  return s.slots;
}

std::vector<TensorSlot> outer_slots(Model& model) {
  const ModelConfig& c = model.config;
  std::vector<TensorSlot> slots = {
      {"model.embed_tokens.weight", c.vocab, c.hidden, &model.embedding, nullptr},
      {"model.norm.weight", c.hidden, 0, nullptr, &model.final_norm}};
  if (!c.tied_head) {
    slots.push_back({"lm_head.weight", c.vocab, c.hidden, &model.separate_head, nullptr});
  }
  return slots;
}

}  // namespace tokenwalk
