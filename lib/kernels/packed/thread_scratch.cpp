#include "lib/kernels/packed/thread_scratch.h"

#include <algorithm>

#include "lib/kernels/packed/aligned_floats.h"

namespace tokenwalk {

float* thread_scratch(std::size_t size) {
  thread_local AlignedFloats scratch;
  if (scratch.size() < size) scratch = AlignedFloats(std::max(size, 2 * scratch.size()));
  return scratch.data();
}

}  // namespace tokenwalk
