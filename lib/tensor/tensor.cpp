#include "lib/tensor/tensor.h"

#include <functional>
#include <numeric>

namespace tokenwalk {

std::size_t count_values(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

}  // namespace tokenwalk
