#pragma once

#include <memory>

#include "lib/kernels/cuda/device.h"
#include "lib/kernels/kernels.h"

namespace tokenwalk::cuda {

/// The kernel set `cuda`: every operation on a device, with activations that come from the
/// processor's memory and go back there. Weights, K and V stay on the device. What computes a whole
/// model without that way is chapter 14's pass over the same kernels.
std::unique_ptr<KernelSet> cuda_kernel_set(std::shared_ptr<Device> device);

}  // namespace tokenwalk::cuda
