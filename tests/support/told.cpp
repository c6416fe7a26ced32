#include "tests/support/told.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace tokenwalk {
namespace {

constexpr std::size_t kShown = 12;

template <typename T>
std::string show_list(std::span<const T> numbers) {
  std::ostringstream text;
  text.precision(sizeof(T) == 4 ? 7 : 10);
  text << "[";
  for (std::size_t i = 0; i < std::min(kShown, numbers.size()); ++i) {
    text << (i > 0 ? ", " : "") << numbers[i];
  }
  if (numbers.size() > kShown) text << ", ... " << numbers.size() << " in all";
  text << "]";
  return text.str();
}

void fail(const std::string& expected, const std::string& got, const std::string& more,
          const Told& told, const char* file, int line) {
  ADD_FAILURE_AT(file, line) << "  input:    " << told.input << "\n  expected: " << expected
                             << "\n  got:      " << got << more << "\n  read:     " << told.read;
}

}  // namespace

std::string show(std::span<const double> numbers) {
  return show_list(numbers);
}
std::string show(std::span<const float> numbers) {
  return show_list(numbers);
}
std::string show(std::span<const int> numbers) {
  return show_list(numbers);
}

void expect_close(std::span<const double> expected, std::span<const float> got, double tolerance,
                  const Told& told, const char* file, int line) {
  if (expected.size() != got.size()) {
    return fail(show(expected), show(got), " (another number of numbers)", told, file, line);
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double off = std::abs(got[i] - expected[i]);
    if (off <= tolerance || (std::isnan(got[i]) && std::isnan(expected[i]))) continue;
    std::ostringstream more;
    more.precision(9);
    more << "\n  number " << i << " is off: expected " << expected[i] << ", got " << got[i]
         << ", allowed difference " << tolerance;
    return fail(show(expected), show(got), more.str(), told, file, line);
  }
}

void expect_same(std::span<const int> expected, std::span<const int> got, const Told& told,
                 const char* file, int line) {
  if (std::equal(expected.begin(), expected.end(), got.begin(), got.end())) return;
  fail(show(expected), show(got), "", told, file, line);
}

void expect_same(const std::string& expected, const std::string& got, const Told& told,
                 const char* file, int line) {
  if (expected != got) fail(expected, got, "", told, file, line);
}

void expect_same(std::size_t expected, std::size_t got, const Told& told, const char* file,
                 int line) {
  if (expected != got) fail(std::to_string(expected), std::to_string(got), "", told, file, line);
}

}  // namespace tokenwalk
