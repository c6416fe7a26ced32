#include "tools/tokenwalk/rope_scaling_json.h"

#include <cstdlib>

namespace tokenwalk {

double shortest_decimal(float value) {
  char text[32];
  for (int digits = 1; digits <= 9; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(value));
    if (std::strtof(text, nullptr) == value) break;
  }
  return std::strtod(text, nullptr);
}

Json rope_scaling_json(const RopeScaling& scaling) {
  using Kind = RopeScaling::Kind;
  Json json = {{"rope_type", rope_scaling_name(scaling)}};
  if (scaling.kind == Kind::kDefault) return json;
  if (scaling.kind == Kind::kDivisors) {
    json["divisors"] = scaling.divisors;
    return json;
  }
  json["factor"] = shortest_decimal(static_cast<float>(scaling.factor));
  if (scaling.kind == Kind::kLlama3) {
    json["low_freq_factor"] = scaling.low_freq_factor;
    json["high_freq_factor"] = scaling.high_freq_factor;
    json["original_max_position_embeddings"] = scaling.original_context;
  }
  return json;
}

}  // namespace tokenwalk
