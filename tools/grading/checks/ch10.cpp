// What is tested of chapter 10.
#include <limits>

#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

// Between the rounding of sums in another order (some 1e-15) and the smallest mistake we know.
constexpr double kTolerance = 1e-10;

std::vector<float> random_logits(Dice& dice) {
  std::vector<float> logits = dice.floats(dice.between(2, 20), -5, 5);
  if (dice.chance(0.3)) logits[0] = -std::numeric_limits<float>::infinity();
  if (dice.chance(0.3)) logits[1] = logits.back();
  return logits;
}

Case scoring(const std::vector<float>& logits, std::size_t id, std::size_t k) {
  return {"score_token", {{"logits", numbers(logits)}, {"id", id}, {"k", k}}};
}

Cases random_scores(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    const std::vector<float> logits = random_logits(dice);
    cases.push_back(scoring(logits, dice.below(logits.size()), dice.below(25)));
  }
  return cases;
}

Case comparing(const std::vector<float>& logits, const json& options, std::size_t k) {
  return {"compare_distributions", {{"logits", numbers(logits)}, {"options", options}, {"k", k}}};
}

Cases random_comparisons(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 20; ++i) {
    const json options = {
        {"temperature", dice.real(0.2, 2)}, {"top_k", dice.below(6)}, {"top_p", dice.real(0.5, 1)}};
    cases.push_back(comparing(random_logits(dice), options, dice.between(1, 8)));
  }
  return cases;
}

Case window(std::size_t n, std::size_t size, std::size_t stride) {
  return {"score_windows", {{"n", n}, {"window", size}, {"stride", stride}}};
}

Cases random_windows(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 40; ++i) {
    const std::size_t size = dice.between(2, 12);
    cases.push_back(window(dice.between(1, 50), size, dice.between(1, size - 1)));
  }
  return cases;
}

Case predicting(Dice& dice, std::size_t n, std::size_t first, std::size_t chunk,
                std::size_t before) {
  return {"predictions",
          {{"model", {{"seed", dice.below(1000)}}},
           {"ids", dice.ids(n, 24)},
           {"first", first},
           {"chunk", chunk},
           {"before", dice.ids(before, 24)}}};
}

Case texts(Dice& dice, std::size_t n, std::size_t size, std::size_t stride) {
  return {"score_text",
          {{"model", {{"seed", dice.below(1000)}}},
           {"ids", dice.ids(n, 24)},
           {"window", size},
           {"stride", stride},
           {"top", 2},
           {"chunk", 3}}};
}

Case continuing(Dice& dice, std::size_t n_prompt, const std::vector<std::size_t>& sizes) {
  json list = json::array();
  for (const std::size_t n : sizes) list.push_back(dice.ids(n, 24));
  return {"continuations",
          {{"model", {{"seed", dice.below(1000)}}},
           {"prompt", dice.ids(n_prompt, 24)},
           {"continuations", list}}};
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {{"10.1 a logarithm",
           [](Dice&) -> Cases {
             return {scoring({1, 2, 3}, 0, 0), scoring({1, 2, 3}, 2, 2)};
           },
           kTolerance},
          {"10.1 alternatives", random_scores, kTolerance},
          {"10.2 cut and kept",
           [](Dice&) -> Cases {
             return {comparing({1, 3, 2, 0}, {{"top_k", 2}}, 3),
                     comparing({1, 3, 2, 0}, {{"temperature", 0}}, 2)};
           },
           kTolerance},
          {"10.2 anything", random_comparisons, kTolerance},
          {"10.3 one window",
           [](Dice&) -> Cases {
             return {window(5, 8, 3), window(8, 8, 3), window(1, 4, 2)};
           }},
          {"10.3 overlaps",
           [](Dice&) -> Cases {
             return {window(10, 4, 2), window(11, 4, 3), window(9, 4, 1)};
           }},
          {"10.3 anything", random_windows},
          {"10.4 rows and ids",
           [](Dice& dice) -> Cases {
             return {predicting(dice, 5, 1, 64, 0), predicting(dice, 2, 1, 64, 0),
                     predicting(dice, 1, 1, 64, 0)};
           }},
          {"10.4 chunks",
           [](Dice& dice) -> Cases {
             return {predicting(dice, 7, 1, 2, 0), predicting(dice, 9, 4, 3, 0),
                     predicting(dice, 6, 2, 1, 3)};
           }},
          {"10.4 a text in windows",
           [](Dice& dice) -> Cases {
             return {texts(dice, 9, 20, 0), texts(dice, 23, 8, 3)};
           },
           kTolerance},
          {"10.5 sums",
           [](Dice& dice) -> Cases {
             return {continuing(dice, 4, {1, 3}), continuing(dice, 2, {2})};
           },
           kTolerance},
          {"10.5 one prompt, many ends",
           [](Dice& dice) -> Cases {
             return {continuing(dice, 1, {1, 2, 5}), continuing(dice, 6, {3, 1, 4, 2})};
           },
           kTolerance}};
}

}  // namespace tokenwalk::grading
