#include "lib/kernels/cuda/device.h"

// gpu_device of a build without CUDA.

namespace tokenwalk::cuda {

std::unique_ptr<Device> gpu_device() {
  throw Error(ErrorCode::kBadValue,
              {"--device cuda cannot be used", "a program built without CUDA",
               "a build made with -DTOKENWALK_CUDA=ON (cmake --preset cuda)",
               "with NVIDIA's CUDA toolkit installed build again, or use --device cpu"});
}

}  // namespace tokenwalk::cuda
