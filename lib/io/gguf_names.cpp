#include "lib/io/gguf_names.h"

#include <algorithm>
#include <iterator>

namespace tokenwalk {
namespace {

struct Names {
  const char* hf;
  const char* gguf;
};

constexpr Names kArchitectures[] = {
    {"LlamaForCausalLM", "llama"}, {"Qwen2ForCausalLM", "qwen2"}, {"Qwen3ForCausalLM", "qwen3"}};

constexpr Names kOutside[] = {{"model.embed_tokens.weight", "token_embd.weight"},
                              {"model.norm.weight", "output_norm.weight"},
                              {"lm_head.weight", "output.weight"}};

// Between the number of the layer and ".weight" or ".bias".
constexpr Names kModules[] = {
    {"input_layernorm", "attn_norm"},    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},      {"self_attn.v_proj", "attn_v"},
    {"self_attn.q_norm", "attn_q_norm"}, {"self_attn.k_norm", "attn_k_norm"},
    {"self_attn.o_proj", "attn_output"}, {"post_attention_layernorm", "ffn_norm"},
    {"mlp.gate_proj", "ffn_gate"},       {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"}};

constexpr Names kLayerPrefix = {"model.layers.", "blk."};

// The other name in a table, "" if it is not there. `from` and `to` choose the direction.
using Side = const char* Names::*;

template <std::size_t n>
std::string translate(const Names (&table)[n], const std::string& name, Side from, Side to) {
  const auto* const entry = std::find_if(std::begin(table), std::end(table),
                                         [&](const Names& names) { return name == names.*from; });
  return entry == std::end(table) ? "" : entry->*to;
}

// prefix + number of the layer + module + ".weight" or ".bias", each part translated.
std::string translate_tensor(const std::string& name, Side from, Side to) {
  const std::string outside = translate(kOutside, name, from, to);
  const std::string prefix = kLayerPrefix.*from;
  if (!outside.empty() || name.compare(0, prefix.size(), prefix) != 0) return outside;
  const std::size_t module = name.find('.', prefix.size());
  const std::size_t end = name.rfind('.');
  if (module == std::string::npos || end <= module) return "";
  const std::string kind = name.substr(end);
  const std::string layer = name.substr(prefix.size(), module - prefix.size());
  const bool is_number =
      !layer.empty() && layer.find_first_not_of("0123456789") == std::string::npos;
  const std::string translated =
      translate(kModules, name.substr(module + 1, end - module - 1), from, to);
  if (!is_number || translated.empty() || (kind != ".weight" && kind != ".bias")) return "";
  return std::string(kLayerPrefix.*to) + layer + "." + translated + kind;
}

}  // namespace

std::string gguf_tensor_name(const std::string& hf_name) {
  return translate_tensor(hf_name, &Names::hf, &Names::gguf);
}

std::string hf_tensor_name(const std::string& gguf_name) {
  return translate_tensor(gguf_name, &Names::gguf, &Names::hf);
}

std::string gguf_architecture_name(const std::string& hf_architecture) {
  return translate(kArchitectures, hf_architecture, &Names::hf, &Names::gguf);
}

bool is_interleaved(const std::string& hf_name, const std::string& hf_architecture) {
  const bool q_or_k = hf_name.find(".q_proj.") != std::string::npos ||
                      hf_name.find(".k_proj.") != std::string::npos;
  return q_or_k && hf_architecture == "LlamaForCausalLM";
}

std::size_t hf_row(std::size_t gguf_row, std::size_t head_dim) {
  const std::size_t i = gguf_row % head_dim;
  return gguf_row - i + i / 2 + i % 2 * (head_dim / 2);
}

std::size_t gguf_row(std::size_t hf_row, std::size_t head_dim) {
  const std::size_t i = hf_row % head_dim;
  return hf_row - i + i % (head_dim / 2) * 2 + i / (head_dim / 2);
}

}  // namespace tokenwalk
