#pragma once

#include <algorithm>
#include <ctime>
#include <string>

#include "lib/base/stopwatch.h"

namespace tokenwalk {

// What the tables of measured times share.

inline constexpr int kRuns = 3;  ///< the shortest of so many is reported

/// The shortest time of kRuns runs, in seconds.
template <typename Body>
double time_of(Body&& body) {
  double best = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Stopwatch watch;
    body();
    const double seconds = watch.seconds();
    best = run == 0 ? seconds : std::min(best, seconds);
  }
  return best;
}

/// The date, as 2026-11-21.
inline std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
  return text;
}

}  // namespace tokenwalk
