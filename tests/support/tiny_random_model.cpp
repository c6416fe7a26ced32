#include "tests/support/tiny_random_model.h"

#include <array>
#include <cmath>
#include <limits>
#include <ostream>
#include <stdexcept>

#include "tests/support/dice.h"

namespace tokenwalk {
namespace {

const char* kind_name(WeightKind kind) {
  switch (kind) {
    case WeightKind::kOrdinary:
      return "ordinary";
    case WeightKind::kSharp:
      return "sharp";
    case WeightKind::kFaint:
      return "faint";
    case WeightKind::kBroken:
      return "broken";
  }
  return "unknown";
}

// Strong enough to change the angles of the first positions.
RopeScaling scaling_of(const TinySpec& spec) {
  RopeScaling scaling;
  scaling.kind = spec.scaling;
  scaling.factor = 2.5;
  scaling.original_context = 24;
  if (spec.scaling == RopeScaling::Kind::kDivisors) {
    scaling.divisors = Dice(spec.seed, 4).floats(spec.half_head_dim, 1, 8);
  }
  return scaling;
}

ModelConfig config_of(const TinySpec& spec) {
  ModelConfig c;
  c.architecture = spec.qwen3 ? "Qwen3ForCausalLM" : "LlamaForCausalLM";
  c.n_layers = spec.n_layers;
  c.hidden = spec.hidden;
  c.intermediate = spec.intermediate;
  c.attention = {spec.n_kv_heads * spec.heads_per_kv, spec.n_kv_heads, 2 * spec.half_head_dim};
  c.vocab = spec.vocab;
  c.context = spec.context;
  Dice dice(spec.seed, 1);
  c.rope_theta = std::array{500.0, 10000.0, 1e6}[dice.below(3)];
  c.rope_scaling = scaling_of(spec);
  c.rms_eps = dice.chance(0.5) ? 1e-5f : 1e-6f;
  c.qk_norm = spec.qwen3;
  c.qkv_bias = c.o_bias = spec.bias;
  c.mlp_bias = spec.bias && !spec.qwen3;
  c.tied_head = spec.tied_head;
  return c;
}

// Every tensor draws from a stream of its own, so that none depends on the others' sizes.
std::uint32_t stream_of(const std::string& name) {
  std::uint32_t hash = 2166136261u;  // FNV-1a
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619u;
  return hash;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

// Standard deviation of a matrix's numbers: outputs of about 1 from inputs of about 1.
double deviation(const TinySpec& spec, const std::string& name, std::size_t n_in) {
  double gain = 1;
  if (contains(name, "embed_tokens") || contains(name, "lm_head")) gain = 2;
  if (spec.kind == WeightKind::kSharp && (contains(name, "q_proj") || contains(name, "k_proj"))) {
    gain = 12;
  }
  if (spec.kind == WeightKind::kFaint) gain = 1e-21;
  return gain / std::sqrt(static_cast<double>(n_in));
}

void plant_nan_and_inf(const TinySpec& spec, std::vector<float>& embedding) {
  Dice dice(spec.seed, 2);
  float* last = embedding.data() + (spec.vocab - 1) * spec.hidden;
  last[dice.below(spec.hidden)] = std::numeric_limits<float>::quiet_NaN();
  (last - spec.hidden)[dice.below(spec.hidden)] = std::numeric_limits<float>::infinity();
}

std::vector<float> draw_tensor(const TinySpec& spec, const std::string& name, std::size_t n_rows,
                               std::size_t n_cols) {
  Dice dice(spec.seed, stream_of(name));
  if (contains(name, ".bias")) {
    const double width = spec.kind == WeightKind::kFaint ? 1e-21 : 1;
    return dice.floats(n_rows, -width, width);
  }
  if (n_cols == 0) {  // a norm's weights
    const bool sharp =
        spec.kind == WeightKind::kSharp && (contains(name, "q_norm") || contains(name, "k_norm"));
    return sharp ? dice.floats(n_rows, 5, 10) : dice.floats(n_rows, 0.5, 1.5);
  }
  const double width = std::sqrt(3.0) * deviation(spec, name, n_cols);
  std::vector<float> values = dice.floats(n_rows * n_cols, -width, width);
  if (spec.kind == WeightKind::kBroken && contains(name, "embed_tokens")) {
    plant_nan_and_inf(spec, values);
  }
  return values;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const TinySpec& s) {
  return out << (s.qwen3 ? "Qwen3" : "Llama") << " shape, seed " << s.seed << ", " << s.n_layers
             << " layers, " << s.n_kv_heads * s.heads_per_kv << " heads over " << s.n_kv_heads
             << ", head_dim " << 2 * s.half_head_dim << ", hidden " << s.hidden << ", intermediate "
             << s.intermediate << ", vocab " << s.vocab << ", context " << s.context << ", "
             << (s.tied_head ? "tied" : "separate") << " head, " << (s.bias ? "biases, " : "")
             << "rotary scaling " << rope_scaling_name(scaling_of(s)) << ", " << kind_name(s.kind)
             << " weights in " << weight_format_name(s.precision) << ", K and V in "
             << kv_type_name(s.kv_type);
}

TinySpec draw_spec(std::uint64_t seed) {
  Dice dice(seed, 3);
  TinySpec spec;
  spec.seed = seed;
  spec.qwen3 = dice.chance(0.5);
  spec.tied_head = dice.chance(0.5);
  spec.n_layers = dice.between(1, 3);
  spec.n_kv_heads = dice.between(1, 4);
  spec.heads_per_kv = dice.between(1, 8 / spec.n_kv_heads);
  spec.half_head_dim = dice.between(1, 20);
  spec.hidden = dice.between(4, 80);
  spec.intermediate = dice.between(1, 150);
  spec.vocab = dice.between(5, 200);
  spec.bias = dice.chance(0.5);
  spec.scaling = static_cast<RopeScaling::Kind>(dice.below(5));
  return spec;
}

TinyRandomModel::TinyRandomModel(const TinySpec& spec)
    : spec_(spec),
      config_(config_of(spec)),
      tensors_(std::make_shared<std::map<std::string, std::vector<float>>>()) {
  const ModelConfig& c = config_;
  const auto fill = [&](const std::string& name, std::size_t n_rows, std::size_t n_cols) {
    (*tensors_)[name + ".weight"] = draw_tensor(spec, name, n_rows, n_cols);
  };
  const auto project = [&](const std::string& name, std::size_t n_out, std::size_t n_in,
                           bool bias) {
    fill(name, n_out, n_in);
    if (bias) (*tensors_)[name + ".bias"] = draw_tensor(spec, name + ".bias", n_out, 0);
  };
  fill("model.embed_tokens", c.vocab, c.hidden);
  for (std::size_t i = 0; i < c.n_layers; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    fill(layer + "input_layernorm", c.hidden, 0);
    project(layer + "self_attn.q_proj", c.attention.q_size(), c.hidden, c.qkv_bias);
    project(layer + "self_attn.k_proj", c.attention.kv_size(), c.hidden, c.qkv_bias);
    project(layer + "self_attn.v_proj", c.attention.kv_size(), c.hidden, c.qkv_bias);
    project(layer + "self_attn.o_proj", c.hidden, c.attention.q_size(), c.o_bias);
    if (c.qk_norm) fill(layer + "self_attn.q_norm", c.attention.head_dim, 0);
    if (c.qk_norm) fill(layer + "self_attn.k_norm", c.attention.head_dim, 0);
    fill(layer + "post_attention_layernorm", c.hidden, 0);
    project(layer + "mlp.gate_proj", c.intermediate, c.hidden, c.mlp_bias);
    project(layer + "mlp.up_proj", c.intermediate, c.hidden, c.mlp_bias);
    project(layer + "mlp.down_proj", c.hidden, c.intermediate, c.mlp_bias);
  }
  fill("model.norm", c.hidden, 0);
  if (!c.tied_head) fill("lm_head", c.vocab, c.hidden);
}

WeightSource TinyRandomModel::source() const {
  return [tensors = tensors_](const std::string& name, std::size_t n_rows, std::size_t n_cols) {
    const auto found = tensors->find(name);
    if (found == tensors->end()) throw std::runtime_error("no tensor " + name);
    if (found->second.size() != n_rows * (n_cols == 0 ? 1 : n_cols)) {
      throw std::runtime_error("tensor " + name + " is asked for in another size");
    }
    return found->second;
  };
}

Model TinyRandomModel::build(const KernelSet& kernels) const {
  return build_model(config_, source(), kernels, {spec_.precision, spec_.kv_type});
}

}  // namespace tokenwalk
