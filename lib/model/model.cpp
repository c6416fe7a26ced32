#include "lib/model/model.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "lib/base/error.h"
#include "lib/io/gguf.h"
#include "lib/io/json_metadata.h"
#include "lib/io/safetensors.h"
#include "lib/io/widen.h"

namespace tokenwalk {
namespace {

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

// The values of a stored tensor of exactly this shape.
std::vector<float> read_tensor(const TensorFile& file, const std::string& name, std::size_t n_rows,
                               std::size_t n_cols) {
  const StoredTensor& tensor = file.at(name);
  const std::vector<std::size_t> expected =
      n_cols == 0 ? std::vector{n_rows} : std::vector{n_rows, n_cols};
  if (tensor.shape != expected) {
    throw Error(ErrorCode::kBadFile, {file.source() + ": tensor " + name + " has the wrong shape",
                                      shape_text(tensor.shape), shape_text(expected),
                                      "the file's configuration and its tensors do not agree"});
  }
  return widen(tensor);
}

// ---- names of GGUF ---------------------------------------------------------------------------

constexpr std::array<std::pair<const char*, const char*>, 11> kGgufLayerNames = {{
    {"input_layernorm.weight", "attn_norm.weight"},
    {"self_attn.q_proj.weight", "attn_q.weight"},
    {"self_attn.k_proj.weight", "attn_k.weight"},
    {"self_attn.v_proj.weight", "attn_v.weight"},
    {"self_attn.q_norm.weight", "attn_q_norm.weight"},
    {"self_attn.k_norm.weight", "attn_k_norm.weight"},
    {"self_attn.o_proj.weight", "attn_output.weight"},
    {"post_attention_layernorm.weight", "ffn_norm.weight"},
    {"mlp.gate_proj.weight", "ffn_gate.weight"},
    {"mlp.up_proj.weight", "ffn_up.weight"},
    {"mlp.down_proj.weight", "ffn_down.weight"},
}};

// "model.layers.3.mlp.up_proj.weight" is called "blk.3.ffn_up.weight" in GGUF.
std::string gguf_name(const std::string& name) {
  if (name == "model.embed_tokens.weight") return "token_embd.weight";
  if (name == "model.norm.weight") return "output_norm.weight";
  if (name == "lm_head.weight") return "output.weight";
  const std::string prefix = "model.layers.";
  const std::size_t dot = name.find('.', prefix.size());
  const std::string layer = name.substr(prefix.size(), dot - prefix.size());
  const std::string rest = name.substr(dot + 1);
  for (const auto& [hf, gguf] : kGgufLayerNames) {
    if (rest == hf) return "blk." + layer + "." + gguf;
  }
  return name;
}

// GGUF keeps the rows of Llama's Q and K in the order of interleaved rotary pairs: its rows 2 i and
// 2 i + 1 of a head are our rows i and i + head_dim / 2.
std::vector<float> undo_interleaving(const std::vector<float>& rows, std::size_t head_dim,
                                     std::size_t n_cols) {
  std::vector<float> result(rows.size());
  const std::size_t n_rows = rows.size() / n_cols;
  for (std::size_t row = 0; row < n_rows; ++row) {
    const std::size_t head = row / head_dim * head_dim;
    const std::size_t i = row % head_dim;
    const std::size_t target = head + i / 2 + (i % 2) * (head_dim / 2);
    std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(row * n_cols), n_cols,
                result.begin() + static_cast<std::ptrdiff_t>(target * n_cols));
  }
  return result;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

WeightSource gguf_source(const TensorFile& file, const ModelConfig& config) {
  const bool interleaved = config.architecture == "LlamaForCausalLM";
  return [&file, interleaved, head_dim = config.attention.head_dim](
             const std::string& name, std::size_t n_rows, std::size_t n_cols) {
    std::vector<float> values = read_tensor(file, gguf_name(name), n_rows, n_cols);
    const bool rotated =
        ends_with(name, "self_attn.q_proj.weight") || ends_with(name, "self_attn.k_proj.weight");
    return interleaved && rotated ? undo_interleaving(values, head_dim, n_cols) : values;
  };
}

WeightSource hf_source(const TensorFile& file) {
  return [&file](const std::string& name, std::size_t n_rows, std::size_t n_cols) {
    return read_tensor(file, name, n_rows, n_cols);
  };
}

// ---- building --------------------------------------------------------------------------------

std::unique_ptr<Matrix> pack(const WeightSource& source, const KernelSet& kernels,
                             const std::string& name, std::size_t n_out, std::size_t n_in) {
  const std::vector<float> values = source(name, n_out, n_in);
  return kernels.pack({values.data(), n_out, n_in});
}

LayerWeights build_layer(const ModelConfig& c, const WeightSource& source, const KernelSet& kernels,
                         std::size_t index) {
  const std::string prefix = "model.layers." + std::to_string(index) + ".";
  const auto matrix = [&](const char* name, std::size_t n_out, std::size_t n_in) {
    return pack(source, kernels, prefix + name, n_out, n_in);
  };
  const auto vector = [&](const char* name, std::size_t n) { return source(prefix + name, n, 0); };
  const AttentionShape& a = c.attention;

  LayerWeights layer;
  layer.attention_norm = vector("input_layernorm.weight", c.hidden);
  layer.q = matrix("self_attn.q_proj.weight", a.q_size(), c.hidden);
  layer.k = matrix("self_attn.k_proj.weight", a.kv_size(), c.hidden);
  layer.v = matrix("self_attn.v_proj.weight", a.kv_size(), c.hidden);
  if (c.qk_norm) {
    layer.q_norm = vector("self_attn.q_norm.weight", a.head_dim);
    layer.k_norm = vector("self_attn.k_norm.weight", a.head_dim);
  }
  layer.o = matrix("self_attn.o_proj.weight", c.hidden, a.q_size());
  layer.mlp_norm = vector("post_attention_layernorm.weight", c.hidden);
  layer.gate = matrix("mlp.gate_proj.weight", c.intermediate, c.hidden);
  layer.up = matrix("mlp.up_proj.weight", c.intermediate, c.hidden);
  layer.down = matrix("mlp.down_proj.weight", c.hidden, c.intermediate);
  return layer;
}

Model build(const ModelConfig& config, const WeightSource& source, const KernelSet& kernels,
            const std::function<void(std::size_t, std::size_t)>& progress) {
  Model model;
  model.config = config;
  model.kernels = &kernels;
  const std::size_t steps = config.n_layers + 1;
  model.embedding = pack(source, kernels, "model.embed_tokens.weight", config.vocab, config.hidden);
  if (progress) progress(1, steps);
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    model.layers.push_back(build_layer(config, source, kernels, i));
    if (progress) progress(i + 2, steps);
  }
  model.final_norm = source("model.norm.weight", config.hidden, 0);
  if (!config.tied_head) {
    model.separate_head = pack(source, kernels, "lm_head.weight", config.vocab, config.hidden);
  }
  return model;
}

ModelConfig gguf_config(const GgufFile& file) {
  ModelConfig config = config_from_gguf(file.metadata());
  config.tied_head = file.find_listed("output.weight") == nullptr;
  return config;
}

}  // namespace

Model build_model(const ModelConfig& config, const WeightSource& source, const KernelSet& kernels) {
  return build(config, source, kernels, {});
}

ModelConfig load_config(const std::filesystem::path& path) {
  if (is_gguf(path)) return gguf_config(GgufFile(path));
  return config_from_hf(read_json_metadata(path / "config.json"));
}

Model load_model(const std::filesystem::path& path, const KernelSet& kernels,
                 const std::function<void(std::size_t done, std::size_t all)>& progress) {
  if (is_gguf(path)) {
    const GgufFile file(path);
    const ModelConfig config = gguf_config(file);
    return build(config, gguf_source(file, config), kernels, progress);
  }
  const ModelConfig config = config_from_hf(read_json_metadata(path / "config.json"));
  const std::unique_ptr<TensorFile> file = open_safetensors(path);
  return build(config, hf_source(*file), kernels, progress);
}

}  // namespace tokenwalk
