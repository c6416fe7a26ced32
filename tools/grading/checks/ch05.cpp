// What is tested of chapter 05.
#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

Cases draws(Dice& dice, bool streams) {
  Cases cases;
  for (int i = 0; i < 25; ++i) {
    const json options = {{"seed", dice.below(1000)},
                          {"stream", streams ? dice.below(5) : 0},
                          {"temperature", dice.real(0.5, 2)},
                          {"top_k", dice.below(8)}};
    cases.push_back({"sample_at",
                     {{"logits", numbers(dice.floats(12, -2, 2))},
                      {"position", dice.below(300)},
                      {"options", options}}});
  }
  return cases;
}

Case end(int id, int n_new, const json& options) {
  return {"ends_text", {{"eos", {3, 7}}, {"id", id}, {"n_new", n_new}, {"options", options}}};
}

// Every way in which the reasons can meet.
Cases all_ends() {
  Cases cases;
  for (const int id : {3, 5, 7, 9}) {
    for (const int n_new : {1, 4}) {
      for (const bool ignore : {false, true}) {
        for (const json& stop : {json::array(), json({5}), json({7, 5})}) {
          cases.push_back(
              end(id, n_new, {{"max_new_tokens", 4}, {"ignore_eos", ignore}, {"stop_ids", stop}}));
        }
      }
    }
  }
  return cases;
}

Case generation(const json& model, const std::vector<int>& prompt, const json& options) {
  return {"generate_naive", {{"model", model}, {"prompt", prompt}, {"options", options}}};
}

Cases random_generations(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 8; ++i) {
    const json model = {
        {"seed", dice.below(1000)}, {"layers", dice.between(1, 2)}, {"eos", dice.ids(2, 24)}};
    const json options = {{"seed", dice.below(1000)},
                          {"max_new_tokens", dice.below(14)},
                          {"stop_ids", dice.ids(1, 24)},
                          {"ignore_eos", dice.chance(0.3)},
                          {"cancel_after", dice.between(2, 30)}};
    cases.push_back(generation(model, dice.ids(dice.between(1, 6), 24), options));
  }
  return cases;
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {{"05.1 the draw of a position", [](Dice& dice) { return draws(dice, false); }},
          {"05.1 streams", [](Dice& dice) { return draws(dice, true); }},
          {"05.2 one reason",
           [](Dice&) -> Cases {
             return {end(3, 1, {{"max_new_tokens", 9}}), end(5, 9, {{"max_new_tokens", 9}}),
                     end(5, 2, {{"max_new_tokens", 9}}),
                     end(5, 2, {{"max_new_tokens", 9}, {"stop_ids", {5}}})};
           }},
          {"05.2 an end that is ignored",
           [](Dice&) -> Cases {
             return {end(7, 1, {{"ignore_eos", true}}),
                     end(7, 1, {{"ignore_eos", true}, {"stop_ids", {7}}})};
           }},
          {"05.2 reasons that meet", [](Dice&) { return all_ends(); }},
          {"05.3 greedy",
           [](Dice&) -> Cases {
             const json options = {{"temperature", 0}, {"max_new_tokens", 6}};
             return {generation({{"seed", 1}}, {1, 2, 3}, options),
                     generation({{"seed", 2}}, {4}, options)};
           }},
          {"05.3 no token",
           [](Dice&) -> Cases {
             return {generation({}, {1, 2}, {{"max_new_tokens", 0}})};
           }},
          {"05.3 a full context",
           [](Dice&) -> Cases {
             return {generation({{"context", 6}}, {1, 2, 3}, {{"max_new_tokens", 20}}),
                     generation({{"context", 3}}, {1, 2, 3}, {{"max_new_tokens", 20}})};
           }},
          {"05.3 a caller who says no",
           [](Dice&) -> Cases {
             return {generation({}, {1, 2}, {{"cancel_after", 3}}),
                     generation({}, {1, 2}, {{"cancel_after", 4}, {"max_new_tokens", 4}})};
           }},
          {"05.3 anything", random_generations}};
}

}  // namespace tokenwalk::grading
