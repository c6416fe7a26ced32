#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/dice.h"
#include "tools/grading/protocol/values.h"

namespace tokenwalk::grading {

/// One call of an operation.
struct Case {
  std::string fn;
  json args;
};

/// A graded test: calls whose answers must be the reference's. Its points, whether students see it
/// and its hint stand in the chapter's card, under the same name.
struct Check {
  std::string name;  ///< "03.3 crossing": the exercise and what is tested
  std::function<std::vector<Case>(Dice& dice)> cases;
  double tolerance = 0;  ///< relative difference of numbers that is forgiven; 0: equal
};

/// The chapter's tests, in the order of its exercises. Defined in checks/chNN.cpp.
std::vector<Check> chapter_checks();

/// Adds an overlay's tests, from a file of its own such as checks/ch03_private.cpp:
///     const bool added = add_checks({{"03.3 something else", cases}});
bool add_checks(std::vector<Check> checks);

/// The chapter's tests and those added.
std::vector<Check> all_checks();

}  // namespace tokenwalk::grading
