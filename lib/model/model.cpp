#include "lib/model/model.h"

#include <algorithm>
#include <map>
#include <utility>

#include "lib/io/gguf.h"
#include "lib/io/json_metadata.h"
#include "lib/io/safetensors.h"
#include "lib/model/tensor_slots.h"
#include "lib/model/weight_files.h"

namespace tokenwalk {
namespace {

// Fills the places of tensors and counts the bytes of each format.
class Filler {
 public:
  Filler(const TensorSource& source, const KernelSet& kernels)
      : source_(source), kernels_(kernels) {}

  void fill(const std::vector<TensorSlot>& slots) {
    for (const TensorSlot& slot : slots) {
      if (slot.vector != nullptr) {
        *slot.vector = source_.vector(slot.name, slot.n_rows);
        continue;
      }
      const WeightRows rows = source_.matrix(slot.name, slot.n_rows, slot.n_cols);
      *slot.matrix = kernels_.pack(rows);
      bytes_[rows.format] += rows.n_rows * weight_row_bytes(rows.format, rows.n_cols);
    }
  }

  WeightFormat main_format() const {
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    return std::max_element(bytes_.begin(), bytes_.end(), fewer)->first;
  }

 private:
  const TensorSource& source_;
  const KernelSet& kernels_;
  std::map<WeightFormat, std::size_t> bytes_;
};

Model build(const ModelConfig& config, const TensorSource& source, const KernelSet& kernels,
            std::optional<KvType> kv_type, const LoadProgress& progress) {
  Model model;
  model.config = config;
  model.kernels = &kernels;
  model.layers.resize(config.n_layers);
  const std::size_t steps = config.n_layers + 1;
  Filler filler(source, kernels);
  filler.fill(outer_slots(model));
  if (progress) progress(1, steps);
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    filler.fill(layer_slots(config, i, model.layers[i]));
    if (progress) progress(i + 2, steps);
  }
  model.precision = filler.main_format();
  model.kv_type = kv_type.value_or(usual_kv_type(model.precision));
  return model;
}

Model load(const TensorFile& file, const WeightNaming& naming, const ModelConfig& config,
           const KernelSet& kernels, const ModelOptions& options, const LoadProgress& progress) {
  check_tensors(file, naming, config);
  const auto source = stored_tensors(file, naming, config, options.precision);
  Model model = build(config, *source, kernels, options.kv_type, progress);
  const std::vector<std::string> unused = unused_tensors(file, naming, config);
  if (!unused.empty()) {
    model.notes.push_back("tensors that the model does not use, " + list_names(unused));
  }
  return model;
}

// What the tensors of a GGUF file say and its keys do not.
ModelConfig gguf_config(const GgufFile& file) {
  ModelConfig config = config_from_gguf(file.metadata());
  const auto has = [&](const char* name) { return file.find_listed(name) != nullptr; };
  config.tied_head = !has("output.weight");
  config.qkv_bias = config.qkv_bias || has("blk.0.attn_q.bias");
  config.o_bias = has("blk.0.attn_output.bias");
  config.mlp_bias = has("blk.0.ffn_gate.bias");
  read_rope_divisors(file, config);
  return config;
}

}  // namespace

KvType usual_kv_type(WeightFormat precision) {
  return precision == WeightFormat::kF32 ? KvType::kF32 : KvType::kF16;
}

Model build_model(const ModelConfig& config, const TensorSource& source, const KernelSet& kernels,
                  std::optional<KvType> kv_type) {
  return build(config, source, kernels, kv_type, {});
}

Model build_model(const ModelConfig& config, const WeightSource& make, const KernelSet& kernels,
                  const ModelOptions& options) {
  const auto source = made_tensors(make, options.precision.value_or(WeightFormat::kF32));
  return build(config, *source, kernels, options.kv_type, {});
}

ModelConfig load_config(const std::filesystem::path& path) {
  if (is_gguf(path)) return gguf_config(GgufFile(path));
  return config_from_hf(read_json_metadata(path / "config.json"));
}

Model load_model(const std::filesystem::path& path, const KernelSet& kernels,
                 const ModelOptions& options, const LoadProgress& progress) {
  if (is_gguf(path)) {
    const GgufFile file(path);
    const ModelConfig config = gguf_config(file);
    return load(file, gguf_naming(config), config, kernels, options, progress);
  }
  const ModelConfig config = config_from_hf(read_json_metadata(path / "config.json"));
  const std::unique_ptr<TensorFile> file = open_safetensors(path);
  return load(*file, folder_naming(config), config, kernels, options, progress);
}

}  // namespace tokenwalk
