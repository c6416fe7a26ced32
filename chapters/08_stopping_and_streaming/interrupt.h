#pragma once

#include <csignal>

namespace tokenwalk {

/// While one lives, the first Ctrl-C (SIGINT) does not end the program but raises a flag, for a
/// loop's on_token to look at. The second one ends the program. Afterwards Ctrl-C does what it did
/// before. At most one at a time.
class InterruptFlag {
 public:
  InterruptFlag();
  ~InterruptFlag();
  InterruptFlag(const InterruptFlag&) = delete;
  InterruptFlag& operator=(const InterruptFlag&) = delete;

  /// Whether Ctrl-C came.
  bool raised() const;

 private:
  struct sigaction before_;
};

}  // namespace tokenwalk
