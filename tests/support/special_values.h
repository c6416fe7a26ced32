#pragma once

#include <limits>

namespace tokenwalk {

inline constexpr float kInf = std::numeric_limits<float>::infinity();
inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kMasked = -kInf;  ///< the logit of an id that may not be drawn

}  // namespace tokenwalk
