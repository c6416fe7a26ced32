// What is tested of chapter 07.
#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

json generate(const std::vector<int>& ids, const json& options) {
  return {{"do", "generate"}, {"ids", ids}, {"options", options}};
}

json tokens(int n) {
  return {{"max_new_tokens", n}};
}

json cut(std::size_t n) {
  return {{"do", "truncate"}, {"n", n}};
}

json sync(const std::vector<int>& ids) {
  return {{"do", "sync"}, {"ids", ids}};
}

json full(const std::vector<int>& ids, const json& options) {
  return {{"do", "generate_full"}, {"ids", ids}, {"options", options}};
}

Case session(const json& model, const json& steps) {
  return {"session", {{"model", model}, {"steps", steps}}};
}

// Steps of every kind in any order; `verbs` of them.
Case random_session(Dice& dice, const std::vector<std::string>& verbs) {
  json steps = {generate(dice.ids(3, 24), tokens(2))};
  for (int i = 0; i < 6; ++i) {
    const std::string verb = verbs[dice.below(verbs.size())];
    const json options = {{"max_new_tokens", dice.below(4)},
                          {"seed", dice.below(99)},
                          {"cancel_after", dice.between(1, 6)}};
    if (verb == "generate") steps.push_back(generate(dice.ids(dice.below(3), 24), options));
    if (verb == "truncate") steps.push_back(cut(dice.below(9)));
    if (verb == "sync") steps.push_back(sync(dice.ids(dice.between(1, 6), 3)));
    if (verb == "flush") steps.push_back({{"do", "flush"}});
    if (verb == "generate_full") steps.push_back(full(dice.ids(dice.between(1, 6), 3), options));
  }
  return session({{"seed", dice.below(1000)}, {"layers", 1}}, steps);
}

Cases random_sessions(Dice& dice, const std::vector<std::string>& verbs) {
  Cases cases;
  for (int i = 0; i < 6; ++i) cases.push_back(random_session(dice, verbs));
  return cases;
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {
      {"07.1 one turn",
       [](Dice&) -> Cases {
         return {session({}, {generate({1, 2, 3}, tokens(4))})};
       }},
      {"07.1 turn after turn",
       [](Dice&) -> Cases {
         return {session(
             {}, {generate({1, 2}, tokens(3)), generate({5}, tokens(2)), generate({}, tokens(2))})};
       }},
      {"07.1 no new token",
       [](Dice&) -> Cases {
         return {session(
             {}, {generate({1, 2}, tokens(0)), generate({}, tokens(0)), generate({}, tokens(2))})};
       }},
      {"07.1 errors leave it as it was",
       [](Dice&) -> Cases {
         return {session({{"context", 6}},
                         {generate({}, tokens(2)), generate({1, 2}, tokens(1)),
                          generate({99}, tokens(1)), generate({1, 2, 3, 4, 5}, tokens(1))})};
       }},
      {"07.1 anything",
       [](Dice& dice) {
         return random_sessions(dice, {"generate", "flush"});
       }},
      {"07.2 shorter",
       [](Dice&) -> Cases {
         return {session({}, {generate({1, 2, 3, 4}, tokens(2)), cut(3), generate({}, tokens(2))})};
       }},
      {"07.2 ends",
       [](Dice&) -> Cases {
         return {session({}, {generate({1, 2, 3}, tokens(0)), cut(3), cut(4), cut(0),
                              generate({5}, tokens(1))}),
                 session({}, {generate({1, 2, 3}, tokens(2)), cut(5), cut(4)})};
       }},
      {"07.2 anything",
       [](Dice& dice) {
         return random_sessions(dice, {"truncate", "truncate", "generate"});
       }},
      {"07.3 what is shared",
       [](Dice&) -> Cases {
         return {
             session({}, {sync({1, 2, 3, 4}), sync({1, 2, 5, 6, 7}), sync({1, 2, 5, 6, 7, 8})})};
       }},
      {"07.3 shorter and equal",
       [](Dice&) -> Cases {
         return {session({}, {sync({1, 2, 3, 4}), sync({1, 2}), sync({1, 2}), sync({9})}),
                 session({}, {generate({1, 2}, tokens(2)), sync({1, 2}), generate({}, tokens(1))})};
       }},
      {"07.3 anything",
       [](Dice& dice) {
         return random_sessions(dice, {"sync", "sync", "generate", "truncate"});
       }},
      {"07.4 the whole text",
       [](Dice&) -> Cases {
         return {session({}, {full({1, 2, 3}, tokens(3))}),
                 session({}, {full({1, 2, 3}, tokens(2)), full({1, 2, 3, 4}, tokens(2))})};
       }},
      {"07.4 anything", [](Dice& dice) {
         return random_sessions(dice, {"generate_full", "generate"});
       }}};
}

}  // namespace tokenwalk::grading
