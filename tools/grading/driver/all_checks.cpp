#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

// Filled while the program starts, so it must exist before any file's own variables.
std::vector<Check>& added() {
  static std::vector<Check> checks;
  return checks;
}

}  // namespace

bool add_checks(std::vector<Check> checks) {
  for (Check& check : checks) added().push_back(std::move(check));
  return true;
}

std::vector<Check> all_checks() {
  std::vector<Check> checks = chapter_checks();
  checks.insert(checks.end(), added().begin(), added().end());
  return checks;
}

}  // namespace tokenwalk::grading
