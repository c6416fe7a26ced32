#include "lib/model/model.h"

#include <utility>

#include "lib/io/gguf.h"
#include "lib/io/json_metadata.h"
#include "lib/io/safetensors.h"
#include "lib/model/tensor_slots.h"
#include "lib/model/weight_files.h"

namespace tokenwalk {
namespace {

using Progress = std::function<void(std::size_t done, std::size_t all)>;

void fill(const std::vector<TensorSlot>& slots, const WeightSource& source,
          const KernelSet& kernels) {
  for (const TensorSlot& slot : slots) {
    std::vector<float> values = source(slot.name, slot.n_rows, slot.n_cols);
    if (slot.vector != nullptr) {
      *slot.vector = std::move(values);
    } else {
      *slot.matrix = kernels.pack({values.data(), slot.n_rows, slot.n_cols});
    }
  }
}

Model build(const ModelConfig& config, const WeightSource& source, const KernelSet& kernels,
            const Progress& progress) {
  Model model;
  model.config = config;
  model.kernels = &kernels;
  model.layers.resize(config.n_layers);
  const std::size_t steps = config.n_layers + 1;
  fill(outer_slots(model), source, kernels);
  if (progress) progress(1, steps);
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    fill(layer_slots(config, i, model.layers[i]), source, kernels);
    if (progress) progress(i + 2, steps);
  }
  return model;
}

Model load(const TensorFile& file, const WeightNaming& naming, const ModelConfig& config,
           const KernelSet& kernels, const Progress& progress) {
  check_tensors(file, naming, config);
  Model model = build(config, weights_of(file, naming, config), kernels, progress);
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

Model build_model(const ModelConfig& config, const WeightSource& source, const KernelSet& kernels) {
  return build(config, source, kernels, {});
}

ModelConfig load_config(const std::filesystem::path& path) {
  if (is_gguf(path)) return gguf_config(GgufFile(path));
  return config_from_hf(read_json_metadata(path / "config.json"));
}

Model load_model(const std::filesystem::path& path, const KernelSet& kernels,
                 const Progress& progress) {
  if (is_gguf(path)) {
    const GgufFile file(path);
    const ModelConfig config = gguf_config(file);
    return load(file, gguf_naming(config), config, kernels, progress);
  }
  const ModelConfig config = config_from_hf(read_json_metadata(path / "config.json"));
  const std::unique_ptr<TensorFile> file = open_safetensors(path);
  return load(*file, folder_naming(config), config, kernels, progress);
}

}  // namespace tokenwalk
