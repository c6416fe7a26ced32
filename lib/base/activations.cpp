#include "lib/base/activations.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/flushed.h"
#include "lib/base/half.h"

namespace tokenwalk {
namespace {

constexpr float kLargestQ = 127;
constexpr float kLeastAmax = 1e-30f;

ActivationBlock quantize(std::span<const float> x) {
  ActivationBlock block = {};
  float amax = 0;
  bool finite = true;
  for (const float value : x) {
    finite = finite && std::isfinite(value);
    amax = std::max(amax, std::fabs(value));
  }
  if (!finite) {
    block.d = block.d_sum = std::numeric_limits<float>::quiet_NaN();
    return block;
  }
  if (amax < kLeastAmax) return block;

  block.d = amax / kLargestQ;
  const float scale = kLargestQ / amax;
  int sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    block.q[i] = static_cast<std::int8_t>(std::nearbyint(x[i] * scale));
    sum += block.q[i];
  }
  block.d_sum = block.d * static_cast<float>(sum);
  return block;
}

}  // namespace

Activations::Activations(std::span<const float> x, WeightFormat format)
    : format_(format), size_(x.size()) {
  if (format == WeightFormat::kF32) {
    values_ = x;
  } else if (format == WeightFormat::kBF16) {
    rounded_.resize(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      rounded_[i] = flushed(float_from_bfloat16(bfloat16_from_float(x[i])));
    }
    values_ = rounded_;
  } else {
    for (std::size_t k = 0; k < x.size(); k += kWeightBlock) {
      blocks_.push_back(quantize(x.subspan(k, std::min(kWeightBlock, x.size() - k))));
    }
  }
}

}  // namespace tokenwalk
