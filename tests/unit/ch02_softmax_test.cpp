#include "chapters/02_softmax_temperature/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "lib/base/error.h"
#include "tests/support/dice.h"
#include "tests/support/special_values.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Logits = std::vector<float>;
using Probs = std::vector<double>;

std::string show(const Logits& logits) {
  if (logits.size() > 20) return std::to_string(logits.size()) + " random logits";
  return testing::PrintToString(logits);
}

Logits random_logits(Dice& dice, std::size_t n, double spread) {
  Logits logits;
  for (std::size_t i = 0; i < n; ++i) {
    logits.push_back(dice.chance(0.1) && i > 0 ? -kInf
                                               : static_cast<float>(dice.real(-spread, spread)));
  }
  return logits;
}

// ---- softmax ---------------------------------------------------------------------------------

// exp(l / T) / sum in 64 bits of mantissa.
std::vector<long double> oracle(const Logits& logits, double temperature) {
  const long double max = *std::max_element(logits.begin(), logits.end());
  std::vector<long double> probs;
  for (const float logit : logits) probs.push_back(std::exp((logit - max) / temperature));
  const long double sum = std::accumulate(probs.begin(), probs.end(), 0.0L);
  for (long double& p : probs) p /= sum;
  return probs;
}

using Softmax = std::function<Probs(std::span<const float>, double)>;

void expect_oracle(Complaints& complaints, const Softmax& softmax_of, const Logits& logits,
                   double temperature, double tolerance) {
  const Probs got = softmax_of(logits, temperature);
  const std::vector<long double> expected = oracle(logits, temperature);
  const std::string input = show(logits) + " at temperature " + std::to_string(temperature);
  if (got.size() != logits.size()) {
    complaints.expect(false, input, std::to_string(logits.size()) + " numbers",
                      std::to_string(got.size()));
    return;
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto e = static_cast<double>(expected[i]);
    const bool fine = e == 0 ? got[i] < 1e-300 : std::abs(got[i] - e) <= tolerance * e;
    complaints.expect(fine, input,
                      "probability " + std::to_string(e) + " of id " + std::to_string(i),
                      std::to_string(got[i]));
  }
}

// tolerance: relative; an implementation in float is allowed more.
Complaints check_softmax(const Softmax& softmax_of, double tolerance) {
  Complaints complaints("page 02, exercises 02.2 to 02.4");
  const auto expect = [&](const Logits& logits, double temperature) {
    expect_oracle(complaints, softmax_of, logits, temperature, tolerance);
  };
  expect({0}, 1);
  expect({0, 0}, 1);
  expect({1, 2, 3}, 1);
  expect({-1, -2, -3}, 1);
  expect({1, 2, 3}, 0.5);
  expect({1, 2, 3}, 10);
  expect({100, 0, 50}, 1);  // beyond exp's range in float: the maximum must be taken away first
  expect({1000, 999, 998}, 1);
  expect({-1000, -999, -998}, 1);
  expect({3e38f, -3e38f, 0}, 1);
  expect({2, -kInf, 1}, 1);
  Dice dice(61);
  for (int round = 0; round < 100; ++round) {
    expect(random_logits(dice, dice.between(1, 300), dice.real(0.1, 80)), dice.real(0.05, 5));
  }
  return complaints;
}

Probs right(std::span<const float> logits, double temperature) {
  return softmax(logits, temperature);
}

// Known to be wrong: no maximum is taken away (temperature goes in first, so that only that is).
Probs overflowing(std::span<const float> logits, double temperature) {
  Logits scaled;
  for (const float logit : logits) scaled.push_back(static_cast<float>(logit / temperature));
  const std::vector<float> probs = softmax_overflowing(scaled);
  return {probs.begin(), probs.end()};
}

// Wrong: multiplies by the temperature.
Probs upside_down(std::span<const float> logits, double temperature) {
  return softmax(logits, 1 / temperature);
}

// Wrong: the temperature divides the probabilities, where the sum cancels it.
Probs temperature_too_late(std::span<const float> logits, double) {
  return softmax(logits);
}

TEST(Ch02Softmax, AgreesWithTheFormula) {
  EXPECT_TRUE(holds(check_softmax(right, 1e-13)));
}

TEST(Ch02Softmax, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_softmax(overflowing, 1e-4)));
  EXPECT_FALSE(holds(check_softmax(upside_down, 1e-13)));
  EXPECT_FALSE(holds(check_softmax(temperature_too_late, 1e-13)));
}

TEST(Ch02Softmax, TheOverflowingOneIsRightWhereNothingOverflows) {
  const Probs got = overflowing(Logits{1, 2, 3}, 1);
  EXPECT_NEAR(got[2], 0.66524096, 1e-6);
  EXPECT_TRUE(std::isnan(overflowing(Logits{100, 1}, 1)[0])) << "inf / inf";
}

TEST(Ch02Softmax, SumsToOne) {
  Dice dice(62);
  for (int round = 0; round < 200; ++round) {
    const Logits logits = random_logits(dice, dice.between(1, 3000), dice.real(0, 50));
    const Probs probs = softmax(logits, dice.real(0.1, 3));
    EXPECT_NEAR(std::accumulate(probs.begin(), probs.end(), 0.0), 1, 1e-12);
  }
}

TEST(Ch02Softmax, AShiftChangesNothing) {
  Logits logits, shifted;
  for (int i = 0; i < 50; ++i) {
    logits.push_back(static_cast<float>((i * 37) % 50) / 4);
    shifted.push_back(logits.back() + 1024);  // exact in float
  }
  EXPECT_EQ(softmax(logits, 0.7), softmax(shifted, 0.7));
}

TEST(Ch02Softmax, AMaskedIdHasProbabilityExactlyZero) {
  const Probs probs = softmax(Logits{-kInf, 1, -kInf, 1}, 0.5);
  EXPECT_EQ(probs, (Probs{0, 0.5, 0, 0.5}));
  EXPECT_EQ(softmax(Logits{-kInf, -3e38f}), (Probs{0, 1}));
}

// ---- temperature -----------------------------------------------------------------------------

TEST(Ch02Temperature, ZeroIsGreedy) {
  EXPECT_EQ(softmax(Logits{1, 3, 2, 3}, 0), (Probs{0, 1, 0, 0}));
  EXPECT_EQ(softmax(Logits{-kInf, -5}, 0), (Probs{0, 1}));
  EXPECT_EQ(softmax(Logits{1, 2}, -0.0), (Probs{0, 1}));
}

TEST(Ch02Temperature, TinyOnesShareAmongTheMaxima) {
  for (const double tiny : {1e-10, 1e-300, 5e-324}) {
    EXPECT_EQ(softmax(Logits{1, 3, 2, 3}, tiny), (Probs{0, 0.5, 0, 0.5})) << tiny;
    EXPECT_EQ(softmax(Logits{-3e38f, 3e38f}, tiny), (Probs{0, 1})) << tiny;
  }
}

TEST(Ch02Temperature, HugeOnesMakeAllAlike) {
  for (const double huge : {1e20, 1e300, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(softmax(Logits{1, 3, -50, 20}, huge), (Probs{0.25, 0.25, 0.25, 0.25})) << huge;
  }
  EXPECT_EQ(softmax(Logits{1, -kInf, 3}, 1e300), (Probs{0.5, 0, 0.5})) << "masked stays masked";
}

TEST(Ch02Temperature, LowOnesSharpenHighOnesFlatten) {
  const Logits logits = {1, 2, 4};
  double previous = 1.1;
  for (const double temperature : {0.1, 0.5, 1.0, 2.0, 10.0}) {
    const double best = softmax(logits, temperature)[2];
    EXPECT_LT(best, previous) << temperature;
    previous = best;
  }
  EXPECT_GT(previous, 1.0 / 3);
}

TEST(Ch02Temperature, ScaledLogitsEndAtZero) {
  EXPECT_EQ(scale_logits(Logits{1, 3, 2}, 0.5), (Probs{-4, 0, -2}));
  EXPECT_EQ(scale_logits(Logits{3e38f, -3e38f}, 1e-300)[0], 0);
  EXPECT_EQ(scale_logits(Logits{3e38f, -3e38f}, 1e-300)[1], -HUGE_VAL);
}

// ---- log-probabilities -----------------------------------------------------------------------

TEST(Ch02LogSoftmax, AgreesWithTheFormula) {
  Dice dice(63);
  for (int round = 0; round < 200; ++round) {
    const Logits logits = random_logits(dice, dice.between(1, 300), dice.real(0.1, 300));
    const double temperature = dice.real(0.2, 3);
    const Probs got = log_softmax(logits, temperature);
    const long double max = *std::max_element(logits.begin(), logits.end());
    long double sum = 0;
    for (const float logit : logits) sum += std::exp((logit - max) / temperature);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const long double expected = (logits[i] - max) / temperature - std::log(sum);
      if (logits[i] == -kInf) {
        EXPECT_EQ(got[i], -HUGE_VAL);
      } else {
        EXPECT_NEAR(got[i], static_cast<double>(expected), 1e-12 * (1 + std::abs(got[i])));
      }
    }
  }
}

// The logarithm of a probability that is too small for a double is a number like any other.
TEST(Ch02LogSoftmax, StaysFiniteWhereTheProbabilityIsZero) {
  EXPECT_EQ(softmax(Logits{0, -2000})[1], 0);
  EXPECT_EQ(log_softmax(Logits{0, -2000})[1], -2000);
}

TEST(Ch02LogSoftmax, AtTemperatureZero) {
  EXPECT_EQ(log_softmax(Logits{1, 3, 3}, 0), (Probs{-HUGE_VAL, 0, -HUGE_VAL}));
}

// ---- errors ----------------------------------------------------------------------------------

// What the error found; empty if there was none.
std::string found_in(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadValue) << error.what();
    return error.parts().found;
  }
  return "";
}

TEST(Ch02Errors, ALogitThatCannotBeSampledIsNamedWithItsId) {
  EXPECT_EQ(found_in([] { softmax(Logits{0, 1, kNan}); }), "NaN at id 2");
  EXPECT_EQ(found_in([] { softmax(Logits{0, kInf, 1}); }), "+inf at id 1");
  EXPECT_EQ(found_in([] { softmax(Logits{0, kInf, kNan}, 0); }), "+inf at id 1") << "greedy too";
  EXPECT_EQ(found_in([] { log_softmax(Logits{kNan}); }), "NaN at id 0");
}

TEST(Ch02Errors, NothingToSampleFrom) {
  EXPECT_NE(found_in([] { softmax(Logits{-kInf, -kInf}); }), "");
  EXPECT_NE(found_in([] { softmax(Logits{}); }), "");
  EXPECT_NE(found_in([] { log_softmax(Logits{-kInf}, 0); }), "");
}

TEST(Ch02Errors, BadTemperatures) {
  for (const double bad : {-1.0, -1e-300, HUGE_VAL, -HUGE_VAL, std::nan("")}) {
    EXPECT_NE(found_in([&] { softmax(Logits{0, 1}, bad); }), "") << bad;
    EXPECT_NE(found_in([&] { log_softmax(Logits{0, 1}, bad); }), "") << bad;
  }
}

}  // namespace
}  // namespace tokenwalk
