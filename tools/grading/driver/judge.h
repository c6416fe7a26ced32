#pragma once

#include <optional>
#include <string>

#include "tools/grading/box/box.h"
#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {

/// How a test ended. `details` is for whoever may see them: the case, its input, the expected and
/// the given answer, what was printed.
struct Outcome {
  std::string verdict = "passed";  ///< passed, wrong_answer, crashed, timeout, memory,
                                   ///< output_limit, protocol_error, not_implemented, infra_error
  json details = json::object();
  double distance = 0;  ///< the largest relative difference of two numbers
};

/// Runs one test: a worker of its own in a box of its own, all its cases one after the other.
/// The worker sees the inputs; expected values are computed here, by the reference.
Outcome judge(const Check& check, std::uint64_t seed, const BoxSpec& worker);

/// The test's cases with the answers of the code that is linked here.
json cases_with_answers(const Check& check, std::uint64_t seed);

}  // namespace tokenwalk::grading
