#include "lib/base/half.h"

#include "lib/base/half_bodies.h"

namespace tokenwalk {

float float_from_half(std::uint16_t bits) {
  return widen_half(bits);
}

float float_from_bfloat16(std::uint16_t bits) {
  return widen_bfloat16(bits);
}

std::uint16_t half_from_float(float value) {
  return narrow_to_half(value);
}

std::uint16_t bfloat16_from_float(float value) {
  return narrow_to_bfloat16(value);
}

}  // namespace tokenwalk
