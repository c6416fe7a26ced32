#pragma once

#include <memory>
#include <string>

#include "lib/kernels/cuda/device.h"
#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// Runs the ladder of products on a device, each step against `reference` first: a table of what a
/// step launches, how many 32-byte sectors of memory the 32 threads of a warp touch at one load,
/// and how many outputs differ in a bit. With `measure`, also times, for a GPU.
std::string ladder_table(cuda::Device& device, const KernelSet& kernels, const KernelSet& reference,
                         bool measure);

}  // namespace tokenwalk
