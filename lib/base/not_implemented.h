#pragma once

#include <stdexcept>
#include <string>

namespace tokenwalk {

/// Thrown by an exercise that has not been written yet; it names the exercise.
class NotImplemented : public std::logic_error {
 public:
  explicit NotImplemented(const std::string& exercise)
      : std::logic_error("exercise " + exercise + " is not written yet") {}
};

}  // namespace tokenwalk
