#pragma once

#include <chrono>

namespace tokenwalk {

/// Counts seconds from its making, on a clock that never goes back.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace tokenwalk
