// What is tested of chapter 03.
#include <cmath>
#include <limits>

#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

// Between the rounding of sums in another order (some 1e-15) and the smallest mistake we know.
constexpr double kTolerance = 1e-11;

// Logits whose probabilities are these weights, divided by their sum.
std::vector<float> logits_of(const std::vector<double>& weights) {
  std::vector<float> logits;
  for (const double w : weights) logits.push_back(static_cast<float>(std::log(w)));
  return logits;
}

std::vector<float> random_logits(Dice& dice) {
  const std::size_t n = dice.between(1, 30);
  std::vector<float> logits = dice.floats(n, -4, 4);
  for (float& logit : logits) {
    if (dice.chance(0.15)) logit = -std::numeric_limits<float>::infinity();
    if (dice.chance(0.25)) logit = logits[dice.below(n)];
  }
  logits[dice.below(n)] = 4;
  return logits;
}

Case step(const char* fn, const std::vector<float>& logits, const char* knob, const json& value) {
  return {fn, {{"logits", numbers(logits)}, {knob, value}}};
}

// 20 random lists with a knob drawn between low and high.
Cases random_steps(Dice& dice, const char* fn, const char* knob, double low, double high) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    cases.push_back(step(fn, random_logits(dice), knob, dice.real(low, high)));
  }
  return cases;
}

Cases random_top_k(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    cases.push_back(step("cut_top_k", random_logits(dice), "k", dice.below(33)));
  }
  return cases;
}

// A draw decides by the running sum; u this near to a border would test rounding, not the rule.
Cases random_draws(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    const std::vector<float> logits = logits_of({4, 1, 2, 1});
    const double u = (static_cast<double>(dice.below(8)) + dice.real(0.05, 0.95)) / 8;
    cases.push_back(step("draw_candidate", logits, "u", u));
  }
  return cases;
}

Cases random_samples(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    cases.push_back({"sample_plain",
                     {{"logits", numbers(random_logits(dice))},
                      {"temperature", dice.chance(0.2) ? 0 : dice.real(0.3, 2)},
                      {"top_k", dice.below(20)},
                      {"top_p", dice.real(0.3, 1)},
                      {"min_p", dice.real(0, 0.1)},
                      {"u", dice.uniform()}}});
  }
  return cases;
}

}  // namespace

std::vector<Check> chapter_checks() {
  const std::vector<float> four = logits_of({4, 3, 2, 1});
  const std::vector<float> ties = logits_of({2, 4, 2, 4, 2});
  return {
      {"03.1 sharper and flatter",
       [=](Dice&) -> Cases {
         return {step("apply_temperature", four, "temperature", 0.5),
                 step("apply_temperature", four, "temperature", 3)};
       },
       kTolerance},
      {"03.1 greedy",
       [=](Dice&) -> Cases {
         return {step("apply_temperature", four, "temperature", 0),
                 step("apply_temperature", ties, "temperature", 0),
                 step("apply_temperature", {-5, 3, 3, 1}, "temperature", 0)};
       },
       kTolerance},
      {"03.1 anything",
       [](Dice& dice) {
         Cases cases = random_steps(dice, "apply_temperature", "temperature", 0.05, 4);
         cases.push_back(step("apply_temperature", {80, 70, -80}, "temperature", 1e-3));
         return cases;
       },
       kTolerance},
      {"03.2 the best k",
       [=](Dice&) -> Cases {
         return {step("cut_top_k", four, "k", 1), step("cut_top_k", four, "k", 3)};
       },
       kTolerance},
      {"03.2 off and all",
       [=](Dice&) -> Cases {
         return {step("cut_top_k", four, "k", 0), step("cut_top_k", four, "k", 4),
                 step("cut_top_k", four, "k", 1000)};
       },
       kTolerance},
      {"03.2 ties",
       [=](Dice& dice) {
         Cases cases = random_top_k(dice);
         for (int k = 1; k <= 5; ++k) cases.push_back(step("cut_top_k", ties, "k", k));
         return cases;
       },
       kTolerance},
      {"03.3 the crossing token",
       [=](Dice&) -> Cases {
         return {step("cut_nucleus", four, "p", 0.5), step("cut_nucleus", four, "p", 0.75),
                 step("cut_nucleus", four, "p", 0.95)};
       },
       kTolerance},
      {"03.3 exactly reached",
       [=](Dice&) -> Cases {
         return {step("cut_nucleus", logits_of({5, 3, 2}), "p", 0.8),
                 step("cut_nucleus", logits_of({5, 3, 2}), "p", 0.5),
                 step("cut_nucleus", std::vector<float>(10), "p", 0.3),
                 step("cut_nucleus", std::vector<float>(10), "p", 0.8),
                 step("cut_nucleus", std::vector<float>(10), "p", 0.9)};
       },
       kTolerance},
      {"03.3 ends",
       [=](Dice&) -> Cases {
         return {step("cut_nucleus", four, "p", 0), step("cut_nucleus", four, "p", 1),
                 step("cut_nucleus", logits_of({1, 1e-7, 1e-8}), "p", 1),
                 step("cut_nucleus", {2}, "p", 0.5)};
       },
       kTolerance},
      {"03.3 anything",
       [](Dice& dice) { return random_steps(dice, "cut_nucleus", "p", 0.05, 0.99); }, kTolerance},
      {"03.4 a share of the best",
       [=](Dice&) -> Cases {
         return {step("cut_min_p", four, "min_p", 0.3), step("cut_min_p", four, "min_p", 0.6)};
       },
       kTolerance},
      {"03.4 ends",
       [=](Dice&) -> Cases {
         return {step("cut_min_p", four, "min_p", 0), step("cut_min_p", four, "min_p", 1),
                 step("cut_min_p", ties, "min_p", 1), step("cut_min_p", {0, 0}, "min_p", 1)};
       },
       kTolerance},
      {"03.4 anything",
       [](Dice& dice) { return random_steps(dice, "cut_min_p", "min_p", 0.01, 0.9); }, kTolerance},
      {"03.5 ids in order",
       [](Dice&) -> Cases {
         std::vector<float> logits = logits_of({1, 4, 3});
         logits.insert(logits.begin() + 1, -std::numeric_limits<float>::infinity());
         return {step("draw_candidate", logits, "u", 0.06),
                 step("draw_candidate", logits, "u", 0.4), step("draw_candidate", logits, "u", 0.9),
                 step("draw_candidate", logits, "u", 0)};
       }},
      {"03.5 anything", random_draws},
      {"03.5 a whole sample", random_samples}};
}

}  // namespace tokenwalk::grading
