#include "chapters/14_cuda/program/whole_model.h"

#include <vector>

#include "chapters/01_tokenizer/prompt.h"
#include "chapters/01_tokenizer/published.h"
#include "chapters/06_cached_generate/proof.h"
#include "chapters/14_cuda/device_pass.h"
#include "lib/base/data_path.h"
#include "lib/base/format.h"

namespace tokenwalk {
namespace {

// What a model of published shape reads for a token.
struct Shape {
  const char* name;
  double weight_bytes;       // all matrices but the embedding's other rows, bf16
  double kv_bytes_position;  // K and V of one position, f32
};

// Layers, hidden, heads * head_dim, K/V heads * head_dim, intermediate, vocabulary.
Shape shape_of(const char* name, double layers, double hidden, double q, double kv, double middle,
               double vocab) {
  const double layer = hidden * (2 * q + 2 * kv) + 3 * hidden * middle;
  return {name, 2 * (layers * layer + vocab * hidden), layers * 2 * kv * 4};
}

}  // namespace

std::string show_whole_model(const KernelSet& reference, const KernelSet& kernels,
                             const std::shared_ptr<cuda::Device>& device) {
  const std::filesystem::path path = data_path("tiny");
  ModelOptions options;
  options.precision = WeightFormat::kF32;
  const Model on_cpu = load_model(path, reference, options);
  Model on_device = load_model(path, kernels, options);
  on_device.pass = device_pass(on_device, device);

  std::vector<int> ids = load_tokenizer(path).encode(kPrompt, true, false);
  while (ids.size() < 26) ids.push_back(ids[ids.size() % 7]);
  ids.resize(26);
  const std::vector<std::size_t> calls = {20, 1, 1, 1, 3};
  const Proof proof = prove_cached_equals_full(on_cpu, on_device, ids, calls);
  return format(
      "%zu ids in calls of 20, 1, 1, 1, 3, against forward_full on the processor\n"
      "logits %zu of %zu differ, K and V %zu of %zu differ\n",
      ids.size(), proof.logits_differ, proof.logits, proof.kv_differ, proof.kv);
}

std::string roofline_table() {
  constexpr double kPosition = 2048;
  constexpr double kA100 = 2.039e12, kH100 = 3.35e12;  // bytes a second, NVIDIA's data sheets (SXM)
  const Shape shapes[] = {shape_of("SmolLM2-135M", 30, 576, 576, 192, 1536, 49152),
                          shape_of("Qwen3-0.6B", 28, 1024, 2048, 1024, 3072, 151936),
                          shape_of("Llama-3.2-1B", 16, 2048, 2048, 512, 8192, 128256)};
  std::string table = format("%-14s %12s %17s %10s %10s\n", "bf16 weights", "weights MB",
                             "K, V at 2048 MB", "A100 80GB", "H100 SXM");
  for (const Shape& shape : shapes) {
    const double kv = shape.kv_bytes_position * kPosition, all = shape.weight_bytes + kv;
    table += format("%-14s %12.1f %17.1f %10.0f %10.0f\n", shape.name, shape.weight_bytes / 1e6,
                    kv / 1e6, kA100 / all, kH100 / all);
  }
  return table;
}

}  // namespace tokenwalk
