#include "tools/grading/check/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tokenwalk::grading {
namespace {

class Comparison {
 public:
  explicit Comparison(double tolerance) : tolerance_(tolerance) {}

  Difference result;

  // False at the first difference.
  bool walk(const json& expected, const json& got, const std::string& where) {
    if (expected.is_number() && got.is_number()) return numbers(expected, got, where);
    if (expected.is_array() && got.is_array() && expected.size() == got.size()) {
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (!walk(expected[i], got[i], where + "/" + std::to_string(i))) return false;
      }
      return true;
    }
    if (expected.is_object() && got.is_object() && expected.size() == got.size()) {
      for (const auto& [key, value] : expected.items()) {
        if (!got.contains(key)) return differ(expected, got, where);
        if (!walk(value, got[key], where + "/" + key)) return false;
      }
      return true;
    }
    return expected == got || differ(expected, got, where);
  }

 private:
  bool numbers(const json& expected, const json& got, const std::string& where) {
    const double distance = relative_distance(expected, got);
    result.distance = std::max(result.distance, distance);
    return distance <= tolerance_ || differ(expected, got, where);
  }

  bool differ(const json& expected, const json& got, const std::string& where) {
    result.equal = false;
    result.where = where;
    result.expected = expected;
    result.got = got;
    return false;
  }

  double tolerance_;
};

}  // namespace

double relative_distance(double expected, double got) {
  if (expected == got) return 0;
  const double distance = std::abs(got - expected) / std::max(std::abs(expected), 1e-6);
  return std::isnan(distance) ? std::numeric_limits<double>::max() : distance;
}

Difference compare(const json& expected, const json& got, double tolerance) {
  Comparison comparison(tolerance);
  comparison.walk(expected, got, "");
  return comparison.result;
}

}  // namespace tokenwalk::grading
