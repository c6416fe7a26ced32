#include "lib/kernels/packed/thread_scratch.h"

#include <algorithm>

#include "lib/kernels/packed/aligned_array.h"

namespace tokenwalk {

float* thread_scratch(std::size_t size) {
  thread_local AlignedArray<float> scratch;
  if (scratch.size() < size) scratch = AlignedArray<float>(std::max(size, 2 * scratch.size()));
  return scratch.data();
}

}  // namespace tokenwalk
