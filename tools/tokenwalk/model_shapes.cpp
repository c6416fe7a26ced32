#include "tools/tokenwalk/model_shapes.h"

#include <cmath>
#include <cstdint>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

ModelConfig smollm2_135m() {
  ModelConfig c;
  c.architecture = "LlamaForCausalLM";
  c.n_layers = 30;
  c.hidden = 576;
  c.intermediate = 1536;
  c.attention = {9, 3, 64};
  c.vocab = 49152;
  c.context = 8192;
  c.rope_theta = 100000;
  c.rms_eps = 1e-5f;
  c.tied_head = true;
  return c;
}

ModelConfig qwen3_600m() {
  ModelConfig c;
  c.architecture = "Qwen3ForCausalLM";
  c.n_layers = 28;
  c.hidden = 1024;
  c.intermediate = 3072;
  c.attention = {16, 8, 128};
  c.vocab = 151936;
  c.context = 40960;
  c.rope_theta = 1000000;
  c.rms_eps = 1e-6f;
  c.qk_norm = true;
  c.tied_head = true;
  return c;
}

ModelConfig llama_3_2_1b() {
  ModelConfig c;
  c.architecture = "LlamaForCausalLM";
  c.n_layers = 16;
  c.hidden = 2048;
  c.intermediate = 8192;
  c.attention = {32, 8, 64};
  c.vocab = 128256;
  c.context = 131072;
  c.rope_theta = 500000;
  c.rope_scaling = {RopeScaling::Kind::kLlama3, 32, 1, 4, 8192, {}};
  c.rms_eps = 1e-5f;
  c.tied_head = true;
  return c;
}

// Uniform in [-scale, scale): the next word of splitmix64 (Steele, Lea, Flood 2014), its top bits.
float next_weight(std::uint64_t& state, float scale) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  return (static_cast<float>(z >> 40) * 0x1p-23f - 1) * scale;
}

}  // namespace

ModelConfig named_shape(const std::string& name) {
  if (name == "smollm2-135m") return smollm2_135m();
  if (name == "qwen3-0.6b") return qwen3_600m();
  if (name == "llama-3.2-1b") return llama_3_2_1b();
  throw Error(ErrorCode::kBadValue,
              {"unknown --shape", name, "smollm2-135m, qwen3-0.6b or llama-3.2-1b",
               "--model measures any model that you have"});
}

Model random_model(const ModelConfig& config, const KernelSet& kernels,
                   const ModelOptions& options) {
  std::uint64_t state = 0;
  const auto source = [&state](const std::string&, std::size_t n_rows, std::size_t n_cols) {
    if (n_cols == 0) return std::vector<float>(n_rows, 1.0f);  // of a norm
    // Rows of x with variance 1 give rows of y with variance 1.
    const float scale = std::sqrt(3.0f / static_cast<float>(n_cols));
    std::vector<float> weights(n_rows * n_cols);
    for (float& weight : weights) weight = next_weight(state, scale);
    return weights;
  };
  return build_model(config, source, kernels, options);
}

}  // namespace tokenwalk
