#pragma once

#include <vector>

#include "lib/kernels/cuda/cuda_matrix.h"
#include "lib/kernels/cuda/operations.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// What a layer has besides its matrices, on the device. Empty arrays have a null pointer.
struct DeviceLayer {
  cuda::DeviceArray<float> attention_norm, mlp_norm, q_norm, k_norm;
  cuda::DeviceArray<float> q_bias, k_bias, v_bias, o_bias, gate_bias, up_bias, down_bias;
};

struct DeviceWeights {
  DeviceWeights(cuda::Device& device, const Model& model);

  std::vector<DeviceLayer> layers;
  cuda::DeviceArray<float> final_norm;
  cuda::DeviceArray<float> frequencies;  // of the rotary pairs, [head_dim / 2]
};

}  // namespace tokenwalk
