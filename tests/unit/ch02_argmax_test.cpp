#include <gtest/gtest.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "chapters/02_softmax_temperature/softmax.h"
#include "tests/support/special_values.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Logits = std::vector<float>;

using Argmax = std::function<int(std::span<const float>)>;

Complaints check_argmax(const Argmax& argmax_of) {
  Complaints complaints("page 02, exercise 02.1");
  const auto expect = [&](const Logits& logits, int expected) {
    const int got = argmax_of(logits);
    complaints.expect(got == expected, "argmax " + testing::PrintToString(logits),
                      std::to_string(expected), std::to_string(got));
  };
  expect({5}, 0);
  expect({1, 2, 3}, 2);
  expect({3, 2, 1}, 0);
  expect({1, 3, 3, 2, 3}, 1);  // the lowest id among equal ones
  expect({-5, -2, -9}, 1);
  expect({-kInf, -kInf, -7}, 2);
  expect({0.0f, -0.0f}, 0);
  expect({-0.0f, 0.0f}, 0);  // equal, so the lowest
  return complaints;
}

int last_argmax(std::span<const float> logits) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < logits.size(); ++i) {
    if (logits[i] >= logits[best]) best = i;
  }
  return static_cast<int>(best);
}

int argmax_above_zero(std::span<const float> logits) {
  float best = 0;
  int id = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] > best) best = logits[i], id = static_cast<int>(i);
  }
  return id;
}

TEST(Ch02Argmax, TakesTheLowestIdAmongEqualMaxima) {
  EXPECT_TRUE(holds(check_argmax(argmax)));
}

TEST(Ch02Argmax, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_argmax(last_argmax)));
  EXPECT_FALSE(holds(check_argmax(argmax_above_zero)));
}

}  // namespace
}  // namespace tokenwalk
