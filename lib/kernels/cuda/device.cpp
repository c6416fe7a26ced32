#include "lib/kernels/cuda/device.h"

#include "lib/base/format.h"

namespace tokenwalk::cuda {

ErrorParts out_of_memory(std::size_t wanted, std::size_t left, std::size_t all) {
  return {"out of memory on the device",
          format("%zu bytes wanted, %zu of %zu free", wanted, left, all),
          format("at least %zu bytes free", wanted),
          "a smaller --context, fewer texts at once, a quantised model, or --device cpu"};
}

}  // namespace tokenwalk::cuda
