#pragma once

#include <cstddef>
#include <vector>

#include "lib/model/config.h"

namespace tokenwalk {

/// Cosines and sines of the rotary angles for positions 0, 1, 2, ...; grows as positions are
/// reached. Growing invalidates rows handed out before. The frequencies are the chapter's, scaled
/// where the model's configuration says so (lib/model/rope_scaling.h).
class RotaryTable {
 public:
  explicit RotaryTable(const ModelConfig& config);

  /// Makes sure that positions 0 .. n_positions - 1 are there.
  void reach(std::size_t n_positions);

  /// The angles of one position, which must have been reached.
  RotaryRow row(std::size_t position) const;

  /// How far each pair turns from one position to the next, [head_dim / 2].
  const std::vector<float>& frequencies() const { return frequencies_; }

 private:
  std::vector<float> frequencies_;      // [head_dim / 2]
  std::vector<float> cosines_, sines_;  // [positions, head_dim / 2]
};

}  // namespace tokenwalk
