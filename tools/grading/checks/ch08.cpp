// What is tested of chapter 08.
#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

Case stopping(const json& stop, const json& pieces) {
  return {"stop_strings", {{"stop", stop}, {"pieces", pieces}}};
}

std::string letters(Dice& dice, std::size_t n, std::size_t kinds) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += static_cast<char>('a' + dice.below(kinds));
  return text;
}

json words(Dice& dice, std::size_t n, std::size_t longest) {
  json list = json::array();
  for (std::size_t i = 0; i < n; ++i) list.push_back(letters(dice, dice.between(1, longest), 2));
  return list;
}

// Few letters, so that stop strings overlap each other and themselves.
Cases random_stopping(Dice& dice, std::size_t n_stops) {
  Cases cases;
  for (int i = 0; i < 40; ++i) {
    cases.push_back(stopping(words(dice, n_stops, 6), words(dice, 12, 3)));
  }
  return cases;
}

// Ids 0 to 8: letters, a character in two halves, an ill-formed byte, a control token, a stop.
const json kTokens = {"a", "b", "ab", "\\xe7\\x8c", "\\xab", "\\xff", "<ctl>", "STOP", "ST"};

Case streaming(const std::vector<int>& ids, const json& stop, bool show_control) {
  return {"text_stream",
          {{"tokens", kTokens},
           {"control", {6}},
           {"stop", stop},
           {"show_control", show_control},
           {"ids", ids}}};
}

Cases random_streams(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 30; ++i) {
    const json stop = dice.chance(0.5) ? json({"STOP", "bb"}) : json({"ba", "l>a"});
    cases.push_back(streaming(dice.ids(dice.below(10), 10), stop, dice.chance(0.5)));
  }
  return cases;
}

Case generating(const std::vector<int>& ids, const json& more) {
  json args = {{"tokens", kTokens}, {"control", {6}}, {"stop", json::array()}, {"ids", ids}};
  args.update(more);
  return {"generate_text", args};
}

Cases random_generating(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 30; ++i) {
    cases.push_back(
        generating(dice.ids(dice.between(1, 8), 9), {{"stop", {"STOP", "bb"}},
                                                     {"eos", {5}},
                                                     {"stop_ids", {4}},
                                                     {"ignore_eos", dice.chance(0.3)},
                                                     {"max_new_tokens", dice.between(1, 9)},
                                                     {"cancel_after", dice.between(1, 12)}}));
  }
  return cases;
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {
      {"08.1 a byte that goes on",
       [](Dice&) -> Cases {
         return {stopping({"abc"}, {"a", "b", "c"}), stopping({"abc"}, {"xab"})};
       }},
      {"08.1 back to a shorter one",
       [](Dice&) -> Cases {
         return {stopping({"aab"}, {"a", "a", "a", "b"}), stopping({"abac"}, {"aba", "bac"}),
                 stopping({"abcd", "bx"}, {"ab", "x"})};
       }},
      {"08.1 anything", [](Dice& dice) { return random_stopping(dice, 1); }},
      {"08.2 what is held",
       [](Dice&) -> Cases {
         return {stopping({"stop"}, {"go s", "top", "on"}), stopping({"stop"}, {"sto", "re"}),
                 stopping({}, {"all", "of it"})};
       }},
      {"08.2 after a match",
       [](Dice&) -> Cases {
         return {stopping({"x"}, {"axb", "c"}), stopping({"ab", "xab"}, {"1xab2"}),
                 stopping({"b", "ab"}, {"ab"})};
       }},
      {"08.2 anything", [](Dice& dice) { return random_stopping(dice, 3); }},
      {"08.3 whole characters",
       [](Dice&) -> Cases {
         return {streaming({0, 3, 4, 1}, json::array(), true),
                 streaming({3, 0, 5}, json::array(), true), streaming({9}, json::array(), true)};
       }},
      {"08.3 control tokens",
       [](Dice&) -> Cases {
         return {streaming({0, 6, 1}, json::array(), false),
                 streaming({0, 6, 1}, json::array(), true),
                 streaming({0, 6, 1, 0}, {"l>b"}, false)};
       }},
      {"08.3 anything", random_streams},
      {"08.4 what is left",
       [](Dice&) -> Cases {
         return {streaming({0, 8}, {"STOP"}, true), streaming({0, 3}, json::array(), true)};
       }},
      {"08.4 both at once",
       [](Dice&) -> Cases {
         return {streaming({3, 8}, {"STOP"}, true), streaming({0, 3}, {"\\xe7\\x8c\\xab"}, true)};
       }},
      {"08.5 pieces",
       [](Dice&) -> Cases {
         return {generating({0, 3, 4, 1}, json::object()),
                 generating({0, 7, 1}, {{"stop", {"STOP"}}})};
       }},
      {"08.5 the end has no text",
       [](Dice&) -> Cases {
         return {generating({0, 5, 1}, {{"eos", {5}}}), generating({0, 1, 2}, {{"stop_ids", {1}}}),
                 generating({0, 5, 1}, {{"eos", {5}}, {"ignore_eos", true}})};
       }},
      {"08.5 reasons that meet",
       [](Dice&) -> Cases {
         return {generating({0, 7}, {{"stop", {"STOP"}}, {"max_new_tokens", 2}}),
                 generating({0, 7, 1}, {{"stop", {"STOP"}}, {"cancel_after", 2}}),
                 generating({0, 8, 1}, {{"stop", {"STOP"}}, {"cancel_after", 2}})};
       }},
      {"08.5 anything", random_generating}};
}

}  // namespace tokenwalk::grading
