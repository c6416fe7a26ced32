#pragma once

#include <memory>
#include <string>

#include "lib/kernels/cuda/device.h"
#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// data/tiny on the device, fed in calls of different sizes, against forward_full on the processor.
std::string show_whole_model(const KernelSet& reference, const KernelSet& kernels,
                             const std::shared_ptr<cuda::Device>& device);

/// Bytes of weights and of K and V that a decode step of some published shapes reads, and the steps
/// a second that a card's memory allows.
std::string roofline_table();

}  // namespace tokenwalk
