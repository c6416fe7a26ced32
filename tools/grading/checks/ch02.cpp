// What is tested of chapter 02.
#include <limits>

#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

// Between the rounding of sums in another order (some 1e-15) and the smallest mistake we know.
constexpr double kTolerance = 1e-11;

// Logits of an ordinary model, some masked, some equal.
std::vector<float> random_logits(Dice& dice, std::size_t n, double width) {
  std::vector<float> logits = dice.floats(n, -width, width);
  for (float& logit : logits) {
    if (dice.chance(0.1)) logit = -std::numeric_limits<float>::infinity();
    if (dice.chance(0.2)) logit = logits[dice.below(n)];
  }
  logits[dice.below(n)] = static_cast<float>(width);
  return logits;
}

Case with_logits(const char* fn, const std::vector<float>& logits) {
  return {fn, {{"logits", numbers(logits)}}};
}

Case with_temperature(const char* fn, const std::vector<float>& logits, double temperature) {
  return {fn, {{"logits", numbers(logits)}, {"temperature", number(temperature)}}};
}

Case scaled(const char* fn, const std::vector<double>& values) {
  return {fn, {{"scaled", numbers(values)}}};
}

constexpr float kMasked = -std::numeric_limits<float>::infinity();

Cases random_argmax(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 30; ++i) {
    std::vector<float> logits = random_logits(dice, dice.between(1, 40), 3);
    for (float& logit : logits) {
      if (dice.chance(0.3)) logit = 3;  // many equal maxima
    }
    cases.push_back(with_logits("argmax", logits));
  }
  return cases;
}

Cases random_scaled(Dice& dice, const char* fn) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    const std::vector<float> logits = random_logits(dice, dice.between(1, 100), 20);
    cases.push_back(scaled(fn, {logits.begin(), logits.end()}));
  }
  return cases;
}

Cases random_temperatures(Dice& dice, const char* fn) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    const double temperature = dice.chance(0.2) ? 1e-3 : dice.real(0.1, 5);
    cases.push_back(
        with_temperature(fn, random_logits(dice, dice.between(1, 60), 30), temperature));
  }
  return cases;
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {{"02.1 maximum",
           [](Dice&) -> Cases {
             return {with_logits("argmax", {1, 5, 2}), with_logits("argmax", {-3, -1, -2}),
                     with_logits("argmax", {kMasked, -7, kMasked}), with_logits("argmax", {4})};
           }},
          {"02.1 ties", random_argmax},
          {"02.2 division",
           [](Dice&) -> Cases {
             return {with_temperature("scale_logits", {1, 2, 3}, 2),
                     with_temperature("scale_logits", {0, kMasked, 4}, 0.5)};
           },
           kTolerance},
          {"02.2 shift first",
           [](Dice&) -> Cases {
             return {with_temperature("scale_logits", {3e38f, 3e38f, -3e38f}, 1e-300),
                     with_temperature("scale_logits", {100, 99.5f}, 1e-310),
                     with_temperature("scale_logits", {-1e4f, -1e4f - 1}, 0.01)};
           },
           kTolerance},
          {"02.2 anything", [](Dice& dice) { return random_temperatures(dice, "scale_logits"); },
           kTolerance},
          {"02.3 sums to one",
           [](Dice&) -> Cases {
             return {scaled("softmax_scaled", {0, 0, 0, 0}), scaled("softmax_scaled", {0, -1, -2}),
                     scaled("log_softmax_scaled", {0, -1, -2})};
           },
           kTolerance},
          {"02.3 no overflow",
           [](Dice&) -> Cases {
             return {scaled("softmax_scaled", {1000, 999, 0}),
                     scaled("softmax_scaled", {-2000, -2001}),
                     scaled("log_softmax_scaled", {1e5, 1e5 - 1})};
           },
           kTolerance},
          {"02.3 same bits on every machine",
           [](Dice& dice) { return random_scaled(dice, "softmax_scaled"); }, 0},
          {"02.4 softmax",
           [](Dice&) -> Cases {
             return {with_temperature("softmax", {1, 2, 3}, 1),
                     with_temperature("softmax", {1, 2, 3}, 0),
                     with_temperature("softmax", {kMasked, 1}, 0.5)};
           },
           kTolerance},
          {"02.4 anything", [](Dice& dice) { return random_temperatures(dice, "softmax"); },
           kTolerance},
          {"02.5 logarithms",
           [](Dice&) -> Cases {
             return {scaled("log_softmax_scaled", {0, -1, -2}), scaled("log_softmax_scaled", {0}),
                     with_temperature("log_softmax", {1, 3}, 0)};
           },
           kTolerance},
          {"02.5 far below",
           [](Dice&) -> Cases {
             return {scaled("log_softmax_scaled", {0, -800, -1e4}),
                     scaled("log_softmax_scaled", {5, -3000}),
                     scaled("log_softmax_scaled", {0, -std::numeric_limits<double>::infinity()})};
           },
           kTolerance},
          {"02.5 anything", [](Dice& dice) { return random_scaled(dice, "log_softmax_scaled"); },
           kTolerance}};
}

}  // namespace tokenwalk::grading
