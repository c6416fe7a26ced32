#pragma once

#include <memory>

#include "lib/kernels/cuda/device.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// How a pass uses the device.
struct DevicePassOptions {
  bool records = true;          ///< few rows: the launches of a step are recorded and run as one
  std::size_t most_rows = 512;  ///< of one pass; more rows are several passes, with the same bits
  std::size_t most_scores = std::size_t{1} << 25;  ///< floats of attention scores at once
};

/// A pass for a model that is packed for the kernel set `cuda` of that device: norms, biases and
/// activations lie on the device too, and only ids go there and logits come back. Give it to
/// Model::pass. Every row has the bits of forward_full on the processor.
std::unique_ptr<WholePass> device_pass(const Model& model, std::shared_ptr<cuda::Device> device,
                                       DevicePassOptions options = {});

}  // namespace tokenwalk
