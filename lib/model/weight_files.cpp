#include "lib/model/weight_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "lib/base/error.h"
#include "lib/io/gguf_names.h"
#include "lib/io/stored_rows.h"
#include "lib/io/widen.h"
#include "lib/model/tensor_slots.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kNamesShown = 3;

// ---- names -----------------------------------------------------------------------------------

using Renaming = std::pair<const char*, const char*>;

// Source of the names and of what w1, w2, w3 are: the handout of CS336's first assignment.
constexpr std::array<Renaming, 9> kCourseModules = {{
    {"input_layernorm", "ln1"},
    {"self_attn.q_proj", "attn.q_proj"},
    {"self_attn.k_proj", "attn.k_proj"},
    {"self_attn.v_proj", "attn.v_proj"},
    {"self_attn.o_proj", "attn.output_proj"},
    {"post_attention_layernorm", "ln2"},
    {"mlp.gate_proj", "ffn.w1"},
    {"mlp.down_proj", "ffn.w2"},
    {"mlp.up_proj", "ffn.w3"},
}};

std::string course_name(const std::string& name) {
  if (name == "model.embed_tokens.weight") return "token_embeddings.weight";
  if (name == "model.norm.weight") return "ln_final.weight";
  const std::size_t layer = std::string("model.layers.").size();
  const std::size_t module = name.find('.', layer) + 1;
  const std::size_t end = name.rfind('.');  // of ".weight"
  for (const auto& [from, to] : kCourseModules) {
    if (name.compare(module, end - module, from) != 0) continue;
    return "layers." + name.substr(layer, module - layer) + to + name.substr(end);
  }
  return name;
}

std::string same_name(const std::string& name) {
  return name;
}

// ---- shapes ----------------------------------------------------------------------------------

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

// The stored tensor of this name, which must have this shape. n_cols 0: a vector.
const StoredTensor& find_shaped(const TensorFile& file, const std::string& name, std::size_t n_rows,
                                std::size_t n_cols) {
  const StoredTensor& tensor = file.at(name);
  const std::vector<std::size_t> expected =
      n_cols == 0 ? std::vector{n_rows} : std::vector{n_rows, n_cols};
  if (tensor.shape != expected) {
    throw Error(ErrorCode::kBadFile, {file.source() + ": tensor " + name + " has the wrong shape",
                                      shape_text(tensor.shape), shape_text(expected),
                                      "the file's configuration and its tensors do not agree"});
  }
  return tensor;
}

// ---- the order of rows -----------------------------------------------------------------------

bool is_rotated(const std::string& hf_name) {
  return hf_name.find(".q_proj.") != std::string::npos ||
         hf_name.find(".k_proj.") != std::string::npos;
}

// The tensors of a file. Rows of Q and K that the file keeps interleaved come out in our order.
class StoredTensors : public TensorSource {
 public:
  StoredTensors(const TensorFile& file, WeightNaming naming, std::size_t head_dim,
                std::optional<WeightFormat> precision)
      : file_(file), naming_(std::move(naming)), head_dim_(head_dim), precision_(precision) {}

  std::vector<float> vector(const std::string& name, std::size_t n) const override {
    const std::vector<float> stored = widen(find_shaped(file_, naming_.name_in_file(name), n, 0));
    std::vector<float> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = stored[stored_row(name, i)];
    return values;
  }

  WeightRows matrix(const std::string& name, std::size_t n_rows,
                    std::size_t n_cols) const override {
    const StoredTensor& tensor = find_shaped(file_, naming_.name_in_file(name), n_rows, n_cols);
    const WeightFormat format = precision_.value_or(natural_format(tensor.dtype));
    const std::size_t row_bytes = weight_row_bytes(format, n_cols);
    const auto read = [=, this, &tensor](std::size_t first, std::size_t n, std::byte* out) {
      for (std::size_t i = 0; i < n; ++i) {
        read_stored_row(tensor, stored_row(name, first + i), format, out + i * row_bytes);
      }
    };
    return {n_rows, n_cols, format, read};
  }

 private:
  std::size_t stored_row(const std::string& name, std::size_t row) const {
    return naming_.interleaved && is_rotated(name) ? gguf_row(row, head_dim_) : row;
  }

  const TensorFile& file_;
  WeightNaming naming_;
  std::size_t head_dim_;
  std::optional<WeightFormat> precision_;
};

// What a model of this shape asks for; the places lead nowhere.
std::vector<TensorSlot> all_slots(const ModelConfig& config) {
  Model model;
  model.config = config;
  LayerWeights layer;
  std::vector<TensorSlot> slots = outer_slots(model);
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    for (TensorSlot& slot : layer_slots(config, i, layer)) slots.push_back(std::move(slot));
  }
  return slots;
}

}  // namespace

WeightNaming folder_naming(const ModelConfig& config) {
  if (config.architecture == kTransformerLm) return {course_name, true};
  return {same_name, false};
}

WeightNaming gguf_naming(const ModelConfig& config) {
  return {gguf_tensor_name, config.architecture == "LlamaForCausalLM"};
}

void read_rope_divisors(const TensorFile& file, ModelConfig& config) {
  if (file.find_listed(kRopeDivisors) == nullptr) return;
  RopeScaling& scaling = config.rope_scaling;
  if (scaling.kind != RopeScaling::Kind::kDefault) {
    throw Error(
        ErrorCode::kBadFile,
        {file.source() + ": two kinds of rotary scaling",
         std::string(rope_scaling_name(scaling)) + " and " + kRopeDivisors, "one of them", ""});
  }
  scaling.kind = RopeScaling::Kind::kDivisors;
  scaling.divisors = widen(find_shaped(file, kRopeDivisors, config.attention.head_dim / 2, 0));
  for (const float divisor : scaling.divisors) {
    if (divisor > 0 && std::isfinite(divisor)) continue;
    throw Error(ErrorCode::kBadFile, {file.source() + ": bad number in " + kRopeDivisors,
                                      std::to_string(divisor), "finite numbers above 0", ""});
  }
}

std::string list_names(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) {
    text += (text.empty() ? "" : ", ") + names[i];
  }
  const bool all = names.size() <= kNamesShown;
  return std::to_string(names.size()) + ": " + text + (all ? "" : ", ...");
}

void check_tensors(const TensorFile& file, const WeightNaming& naming, const ModelConfig& config) {
  const std::vector<TensorSlot> slots = all_slots(config);
  std::vector<std::string> missing;
  for (const TensorSlot& slot : slots) {
    const std::string name = naming.name_in_file(slot.name);
    if (file.find_listed(name) == nullptr) missing.push_back(name);
  }
  if (!missing.empty()) {
    throw Error(ErrorCode::kBadFile,
                {file.source() + ": tensors are missing", list_names(missing),
                 "all " + std::to_string(slots.size()) + " of this " + config.architecture,
                 "the configuration may be of another model, or a file may be incomplete"});
  }
  for (const TensorSlot& slot : slots) {
    find_shaped(file, naming.name_in_file(slot.name), slot.n_rows, slot.n_cols);
  }
}

std::vector<std::string> unused_tensors(const TensorFile& file, const WeightNaming& naming,
                                        const ModelConfig& config) {
  std::unordered_set<std::string> used = {kRopeDivisors};
  for (const TensorSlot& slot : all_slots(config)) used.insert(naming.name_in_file(slot.name));
  std::vector<std::string> unused;
  for (const StoredTensor& tensor : file.tensors()) {
    if (used.count(tensor.name) == 0) unused.push_back(tensor.name);
  }
  return unused;
}

std::unique_ptr<TensorSource> stored_tensors(const TensorFile& file, const WeightNaming& naming,
                                             const ModelConfig& config,
                                             std::optional<WeightFormat> precision) {
  return std::make_unique<StoredTensors>(file, naming, config.attention.head_dim, precision);
}

}  // namespace tokenwalk
