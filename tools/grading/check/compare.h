#pragma once

#include <string>

#include "tools/grading/protocol/values.h"

namespace tokenwalk::grading {

/// How an answer differs from the expected one.
struct Difference {
  bool equal = true;
  std::string where;    ///< the first place that differs, as a JSON pointer; empty: the whole
  json expected, got;   ///< what stands there
  double distance = 0;  ///< the largest relative difference of two numbers, seen up to there
};

/// |got - expected| / max(|expected|, 1e-6): relative, except for what is nearly nothing.
double relative_distance(double expected, double got);

/// Compares; numbers may be `tolerance` apart, everything else must be equal.
Difference compare(const json& expected, const json& got, double tolerance);

}  // namespace tokenwalk::grading
