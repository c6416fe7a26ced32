#include "chapters/04_transformer/rotary_table.h"

#include "chapters/04_transformer/layers.h"
#include "lib/base/check.h"

namespace tokenwalk {

RotaryTable::RotaryTable(const ModelConfig& config)
    : frequencies_(rotary_frequencies(config.attention.head_dim, config.rope_theta)) {
  scale_frequencies(config.rope_scaling, frequencies_);
}

void RotaryTable::reach(std::size_t n_positions) {
  const std::size_t half = frequencies_.size();
  const std::size_t reached = cosines_.size() / half;
  if (n_positions <= reached) return;
  cosines_.resize(n_positions * half);
  sines_.resize(n_positions * half);
  for (std::size_t position = reached; position < n_positions; ++position) {
    rotary_angles(position, frequencies_, {cosines_.data() + position * half, half},
                  {sines_.data() + position * half, half});
  }
}

RotaryRow RotaryTable::row(std::size_t position) const {
  const std::size_t offset = position * frequencies_.size();
  CHECK_LT(offset, cosines_.size());
  return {cosines_.data() + offset, sines_.data() + offset};
}

}  // namespace tokenwalk
