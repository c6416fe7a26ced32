#pragma once

#include <cstddef>

namespace tokenwalk {

/// Arithmetic and nothing else, in as many independent chains as keep the units of this processor
/// busy. `run` returns a number made of all sums.
struct PeakLoop {
  const char* name;
  double ops_per_step;
  int (*run)(std::size_t steps);
};

/// The widest that this processor has: multiply-adds in float32; products of int8 summed in int32.
PeakLoop f32_peak_loop();
PeakLoop int8_peak_loop();

/// The sum of n numbers, n a multiple of 256: as 8 streams that are read at the same time.
float read_streams(const float* data, std::size_t n);

}  // namespace tokenwalk
