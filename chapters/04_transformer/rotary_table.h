#pragma once

#include <cstddef>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// Cosines and sines of the rotary angles for positions 0, 1, 2, ...; grows as positions are
/// reached. Growing invalidates rows handed out before.
class RotaryTable {
 public:
  RotaryTable(std::size_t head_dim, double theta) : head_dim_(head_dim), theta_(theta) {}

  /// Makes sure that positions 0 .. n_positions - 1 are there.
  void reach(std::size_t n_positions);

  /// The angles of one position, which must have been reached.
  RotaryRow row(std::size_t position) const;

 private:
  std::size_t head_dim_;
  double theta_;
  std::vector<float> cosines_, sines_;  // [positions, head_dim / 2]
};

}  // namespace tokenwalk
