#include "tests/support/oracle_angles.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tokenwalk {
namespace {

// What Llama 3's scaling makes of a frequency: by its wavelength in units of the original context.
double llama3_frequency(const RopeScaling& s, double frequency) {
  const double turns = s.original_context * frequency / (2 * std::numbers::pi);
  const double kept = (turns - s.low_freq_factor) / (s.high_freq_factor - s.low_freq_factor);
  const double share = std::clamp(kept, 0.0, 1.0);
  return share * frequency + (1 - share) * frequency / s.factor;
}

}  // namespace

double angle_roundings(const RopeScaling& scaling) {
  switch (scaling.kind) {
    case RopeScaling::Kind::kLinear:
    case RopeScaling::Kind::kDivisors:
      return 4;
    case RopeScaling::Kind::kLlama3:
      return 10;
    default:
      return 3;
  }
}

double rotary_frequency(const ModelConfig& c, std::size_t i) {
  const double exponent = static_cast<double>(2 * i) / static_cast<double>(c.attention.head_dim);
  const double frequency = std::pow(c.rope_theta, -exponent);
  const RopeScaling& s = c.rope_scaling;
  switch (s.kind) {
    case RopeScaling::Kind::kLinear:
      return frequency / s.factor;
    case RopeScaling::Kind::kLlama3:
      return llama3_frequency(s, frequency);
    case RopeScaling::Kind::kDivisors:
      return frequency / s.divisors.at(i);
    default:
      return frequency;
  }
}

}  // namespace tokenwalk
