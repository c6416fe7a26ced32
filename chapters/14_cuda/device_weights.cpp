#include "chapters/14_cuda/device_weights.h"

#include "chapters/04_transformer/rotary_table.h"

namespace tokenwalk {
namespace {

cuda::DeviceArray<float> on_device(cuda::Device& device, const std::vector<float>& values) {
  cuda::DeviceArray<float> array(device, values.size());
  array.upload(values.data(), values.size());
  return array;
}

}  // namespace

DeviceWeights::DeviceWeights(cuda::Device& device, const Model& model)
    : final_norm(on_device(device, model.final_norm)),
      frequencies(on_device(device, RotaryTable(model.config).frequencies())) {
  for (const LayerWeights& w : model.layers) {
    layers.push_back({on_device(device, w.attention_norm), on_device(device, w.mlp_norm),
                      on_device(device, w.q_norm), on_device(device, w.k_norm),
                      on_device(device, w.q_bias), on_device(device, w.k_bias),
                      on_device(device, w.v_bias), on_device(device, w.o_bias),
                      on_device(device, w.gate_bias), on_device(device, w.up_bias),
                      on_device(device, w.down_bias)});
  }
}

}  // namespace tokenwalk
