#include "chapters/04_transformer/rotary_table.h"

#include "chapters/04_transformer/layers.h"
#include "lib/base/check.h"

namespace tokenwalk {

void RotaryTable::reach(std::size_t n_positions) {
  const std::size_t half = head_dim_ / 2;
  const std::size_t reached = cosines_.size() / half;
  if (n_positions <= reached) return;
  cosines_.resize(n_positions * half);
  sines_.resize(n_positions * half);
  for (std::size_t position = reached; position < n_positions; ++position) {
    rotary_angles(position, head_dim_, theta_, {cosines_.data() + position * half, half},
                  {sines_.data() + position * half, half});
  }
}

RotaryRow RotaryTable::row(std::size_t position) const {
  const std::size_t offset = position * (head_dim_ / 2);
  CHECK_LT(offset, cosines_.size());
  return {cosines_.data() + offset, sines_.data() + offset};
}

}  // namespace tokenwalk
