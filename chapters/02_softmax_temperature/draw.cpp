#include "chapters/02_softmax_temperature/draw.h"

#include <cstddef>
#include <limits>

#include "lib/base/check.h"

namespace tokenwalk {

//! [02-draw]
int draw(std::span<const double> weights, double u) {
  CHECK(u >= 0 && u < 1);
  double total = 0;
  for (const double weight : weights) total += weight;
  CHECK_GT(total, std::numeric_limits<double>::min());  // else u * total may round to total

  const double target = u * total;
  double running = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    running += weights[i];
    if (target < running) return static_cast<int>(i);
  }
  CHECK(false);  // not reached: running has come to total, and target is below it
  return -1;
}
//! [02-draw]

}  // namespace tokenwalk
