#include "tests/property/model_writers.h"

#include <algorithm>
#include <sstream>

#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

const char* json_bool(bool value) {
  return value ? "true" : "false";
}

std::string shape_json(TensorShape shape) {
  const std::string rows = std::to_string(shape.n_rows);
  return shape.n_cols == 0 ? "[" + rows + "]"
                           : "[" + rows + ", " + std::to_string(shape.n_cols) + "]";
}

// Row 2 i + j of a head in the file is our row i + j * head_dim / 2.
std::vector<float> interleave(const std::vector<float>& rows, std::size_t head_dim,
                              std::size_t n_cols) {
  std::vector<float> file;
  for (std::size_t head = 0; head < rows.size() / n_cols; head += head_dim) {
    for (std::size_t i = 0; i < head_dim / 2; ++i) {
      for (const std::size_t half : {std::size_t{0}, head_dim / 2}) {
        const auto row = rows.begin() + static_cast<std::ptrdiff_t>((head + i + half) * n_cols);
        file.insert(file.end(), row, row + static_cast<std::ptrdiff_t>(n_cols));
      }
    }
  }
  return file;
}

std::string gguf_tensor_name(std::string name) {
  const std::vector<std::pair<std::string, std::string>> parts = {
      {"model.embed_tokens", "token_embd"},
      {"model.norm", "output_norm"},
      {"lm_head", "output"},
      {"model.layers.", "blk."},
      {"input_layernorm", "attn_norm"},
      {"self_attn.q_proj", "attn_q"},
      {"self_attn.k_proj", "attn_k"},
      {"self_attn.v_proj", "attn_v"},
      {"self_attn.q_norm", "attn_q_norm"},
      {"self_attn.k_norm", "attn_k_norm"},
      {"self_attn.o_proj", "attn_output"},
      {"post_attention_layernorm", "ffn_norm"},
      {"mlp.gate_proj", "ffn_gate"},
      {"mlp.up_proj", "ffn_up"},
      {"mlp.down_proj", "ffn_down"}};
  for (const auto& [from, to] : parts) {
    const std::size_t at = name.find(from);
    if (at != std::string::npos) name.replace(at, from.size(), to);
  }
  return name;
}

GgufWriter gguf_keys(const ModelConfig& c) {
  const std::string name = c.qk_norm ? "qwen3" : "llama";
  const auto number = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
  const auto real = [](double value) { return bytes_of(static_cast<float>(value)); };
  GgufWriter file;
  file.text("general.architecture", name)
      .number(name + ".block_count", number(c.n_layers))
      .number(name + ".embedding_length", number(c.hidden))
      .number(name + ".feed_forward_length", number(c.intermediate))
      .number(name + ".attention.head_count", number(c.attention.n_heads))
      .number(name + ".attention.head_count_kv", number(c.attention.n_kv_heads))
      .number(name + ".attention.key_length", number(c.attention.head_dim))
      .number(name + ".context_length", number(c.context))
      .key(name + ".rope.freq_base", 6, real(c.rope_theta))
      .key(name + ".attention.layer_norm_rms_epsilon", 6, real(double{c.rms_eps}))
      .texts("tokenizer.ggml.tokens", std::vector<std::string>(c.vocab, "x"));
  if (c.rope_scaling.kind == RopeScaling::Kind::kLinear) {
    file.text(name + ".rope.scaling.type", "linear")
        .key(name + ".rope.scaling.factor", 6, real(c.rope_scaling.factor));
  }
  return file;
}

}  // namespace

std::map<std::string, TensorShape> shapes_of(const TinyRandomModel& random,
                                             const KernelSet& kernels) {
  std::map<std::string, TensorShape> shapes;
  const WeightSource inner = random.source();
  build_model(
      random.config(),
      [&](const std::string& name, std::size_t n_rows, std::size_t n_cols) {
        shapes[name] = {n_rows, n_cols};
        return inner(name, n_rows, n_cols);
      },
      kernels);
  return shapes;
}

std::string config_json(const ModelConfig& c) {
  std::ostringstream text;
  text.precision(17);
  text << "{\"architectures\": [\"" << c.architecture
       << "\"], \"num_hidden_layers\": " << c.n_layers << ", \"hidden_size\": " << c.hidden
       << ", \"intermediate_size\": " << c.intermediate
       << ", \"num_attention_heads\": " << c.attention.n_heads
       << ", \"num_key_value_heads\": " << c.attention.n_kv_heads
       << ", \"head_dim\": " << c.attention.head_dim << ", \"vocab_size\": " << c.vocab
       << ", \"max_position_embeddings\": " << c.context << ", \"rope_theta\": " << c.rope_theta
       << ", \"rope_scaling\": {\"rope_type\": \"" << rope_scaling_name(c.rope_scaling)
       << "\", \"factor\": " << c.rope_scaling.factor
       << ", \"low_freq_factor\": " << c.rope_scaling.low_freq_factor
       << ", \"high_freq_factor\": " << c.rope_scaling.high_freq_factor
       << ", \"original_max_position_embeddings\": " << c.rope_scaling.original_context << "}"
       << ", \"attention_bias\": " << json_bool(c.qkv_bias)
       << ", \"mlp_bias\": " << json_bool(c.mlp_bias) << ", \"rms_norm_eps\": " << double{c.rms_eps}
       << ", \"tie_word_embeddings\": " << json_bool(c.tied_head) << "}";
  return text.str();
}

std::string safetensors_of(const std::map<std::string, std::vector<float>>& tensors,
                           const std::map<std::string, TensorShape>& shapes) {
  std::string header = "{\"__metadata__\": {\"format\": \"pt\"}", data;
  for (const auto& [name, shape] : shapes) {
    const std::size_t begin = data.size();
    data += float_bytes(tensors.at(name));
    header += ", \"" + name + "\": {\"dtype\": \"F32\", \"shape\": " + shape_json(shape) +
              ", \"data_offsets\": [" + std::to_string(begin) + ", " + std::to_string(data.size()) +
              "]}";
  }
  return safetensors_bytes(header + "}", data);
}

std::string gguf_of(const TinyRandomModel& random, const std::map<std::string, TensorShape>& shapes,
                    bool interleaved) {
  const ModelConfig& c = random.config();
  GgufWriter file = gguf_keys(c);
  std::size_t offset = 0;
  const auto add = [&](const std::string& name, TensorShape shape,
                       const std::vector<float>& values) {
    std::vector<std::uint64_t> sizes = {shape.n_rows};  // innermost first
    if (shape.n_cols != 0) sizes.insert(sizes.begin(), shape.n_cols);
    file.tensor(name, sizes, 0, offset);
    std::string bytes = float_bytes(values);
    bytes.resize((bytes.size() + 31) / 32 * 32, '\0');
    file.data(bytes);
    offset += bytes.size();
  };
  for (const auto& [name, shape] : shapes) {
    std::vector<float> values = random.tensors().at(name);
    const bool rotated =
        name.find("q_proj") != std::string::npos || name.find("k_proj") != std::string::npos;
    if (rotated && interleaved) {
      values = interleave(values, c.attention.head_dim, std::max<std::size_t>(shape.n_cols, 1));
    }
    add(gguf_tensor_name(name), shape, values);
  }
  const std::vector<float>& divisors = c.rope_scaling.divisors;
  if (!divisors.empty()) add("rope_freqs.weight", {divisors.size(), 0}, divisors);
  return file.bytes();
}

}  // namespace tokenwalk
