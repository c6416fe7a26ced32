// A chapter's public tests in one process, for a debugger: gdb --args check_03 CASES "03.3 ends".
// CASES: what the driver wrote for the students' tree, inputs and right answers.
// Exit code: 0 all passed, 1 not, 2 wrong usage.
#include <fstream>
#include <iostream>

#include "tools/grading/check/compare.h"
#include "tools/grading/worker/operations.h"

namespace grading = tokenwalk::grading;
using grading::json;

namespace {

constexpr std::size_t kLong = 400;  // characters of a value

std::string shown(const json& value) {
  const std::string text = value.dump();
  if (text.size() <= kLong) return text;
  return text.substr(0, kLong) + " ... (" + std::to_string(text.size()) + " characters)";
}

// Errors are compared by their kind: messages are free.
json comparable(const json& answer) {
  if (!answer.contains("error")) return answer;
  return {{"error", answer["error"]["kind"]}};
}

void show(const json& c, const json& got, const grading::Difference& difference) {
  std::cout << "  called:   " << c["fn"].get<std::string>() << " " << shown(c["args"]) << "\n"
            << "  expected: " << shown(c["answer"]) << "\n"
            << "  got:      " << shown(got) << "\n"
            << "  first difference at " << difference.where << ": expected "
            << shown(difference.expected) << ", got " << shown(difference.got) << "\n";
}

// Runs one test; true if it passed.
bool run(const std::string& name, const json& test) {
  std::size_t number = 0;
  for (const json& c : test["cases"]) {
    ++number;
    std::cout << std::flush;  // what was printed so far, should the chapter end the program
    const json got = grading::answer(grading::chapter_operations(), c["fn"], c["args"]);
    const grading::Difference difference =
        grading::compare(comparable(c["answer"]), comparable(got), test["tolerance"]);
    if (difference.equal) continue;
    if (got.contains("error") && got["error"]["kind"] == "not_implemented") {
      std::cout << "to do  " << name << ": " << got["error"]["what"].get<std::string>() << "\n";
      return false;
    }
    std::cout << "FAILED " << name << ", call " << number << " of " << test["cases"].size() << "\n";
    show(c, got, difference);
    return false;
  }
  std::cout << "passed " << name << "\n";
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::ifstream file(argc > 1 ? argv[1] : "");
  if (!file) {
    std::cerr << "found no file of cases; expected: check_NN CASES [TEST]\n";
    return 2;
  }
  const json tests = json::parse(file);
  std::size_t passed = 0, all = 0;
  for (const auto& [name, test] : tests.items()) {
    if (argc > 2 && name != argv[2]) continue;
    ++all;
    passed += run(name, test);
  }
  std::cout << passed << " of " << all << " public tests passed\n";
  return passed == all ? 0 : 1;
}
