// What is tested of chapter 06.
#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

json random_model(Dice& dice) {
  return {{"seed", dice.below(1000)},
          {"layers", dice.between(1, 2)},
          {"kv_heads", dice.between(1, 2)},
          {"heads_per_kv", dice.between(1, 3)}};
}

// Lists of ids, one a call.
json calls(Dice& dice, std::size_t n) {
  json list = json::array();
  for (std::size_t i = 0; i < n; ++i) list.push_back(dice.ids(dice.between(1, 4), 24));
  return list;
}

Case appending(Dice& dice) {
  return {"forward_cached", {{"model", random_model(dice)}, {"calls", calls(dice, 3)}}};
}

Cases cuts(Dice& dice) {
  const json steps = {{{"feed", dice.ids(5, 24)}},
                      {{"cut", 2}},
                      {{"feed", dice.ids(2, 24)}},
                      {{"cut", 4}},
                      {{"cut", 0}},
                      {{"feed", dice.ids(3, 24)}}};
  return {{"truncate", {{"model", random_model(dice)}, {"steps", steps}}}};
}

Case prefilling(Dice& dice, std::size_t chunk, std::size_t n_ids) {
  json lists = json::array();
  lists.push_back(dice.ids(n_ids, 24));
  lists.push_back(dice.ids(3, 24));
  return {"prefill", {{"model", random_model(dice)}, {"calls", lists}, {"chunk", chunk}}};
}

Case decoding(Dice& dice, const json& model, const json& options, std::size_t n_prompt) {
  return {"decode", {{"model", model}, {"prompt", dice.ids(n_prompt, 24)}, {"options", options}}};
}

Cases random_generations(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 8; ++i) {
    json model = random_model(dice);
    model["eos"] = dice.ids(1, 24);
    const json options = {{"seed", dice.below(1000)},
                          {"max_new_tokens", dice.below(14)},
                          {"stop_ids", dice.ids(1, 24)},
                          {"cancel_after", dice.between(2, 30)}};
    cases.push_back({"generate_cached",
                     {{"model", model},
                      {"prompt", dice.ids(dice.between(1, 7), 24)},
                      {"options", options},
                      {"chunk", dice.between(1, 4)}}});
  }
  return cases;
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {{"06.1 forgetting", cuts},
          {"06.1 more than there is",
           [](Dice& dice) -> Cases {
             const json steps = {{{"feed", dice.ids(2, 24)}}, {{"cut", 3}}};
             return {{"truncate", {{"model", random_model(dice)}, {"steps", steps}}}};
           }},
          {"06.2 blocks",
           [](Dice& dice) -> Cases {
             return {{"bytes",
                      {{"model", {{"layers", 1}, {"context", 600}}}, {"calls", calls(dice, 2)}}}};
           }},
          {"06.2 layers",
           [](Dice& dice) -> Cases {
             const json many = {dice.ids(255, 24), dice.ids(2, 24)};
             return {{"bytes",
                      {{"model", {{"layers", 3}, {"kv_heads", 2}, {"context", 600}}},
                       {"calls", many}}}};
           }},
          {"06.3 one row",
           [](Dice& dice) -> Cases {
             json one = json::array();
             one.push_back(dice.ids(1, 24));
             return {{"forward_cached", {{"model", {{"seed", 3}}}, {"calls", one}}}};
           }},
          {"06.3 anything",
           [](Dice& dice) -> Cases {
             return {appending(dice), appending(dice), appending(dice)};
           }},
          {"06.4 one call",
           [](Dice& dice) -> Cases {
             return {prefilling(dice, 512, 4), prefilling(dice, 512, 1)};
           }},
          {"06.4 chunks",
           [](Dice& dice) -> Cases {
             return {prefilling(dice, 2, 5), prefilling(dice, 3, 6), prefilling(dice, 1, 4)};
           }},
          {"06.5 greedy",
           [](Dice& dice) -> Cases {
             return {decoding(dice, {{"seed", 1}}, {{"temperature", 0}, {"max_new_tokens", 6}}, 3)};
           }},
          {"06.5 what is evaluated",
           [](Dice& dice) -> Cases {
             return {decoding(dice, random_model(dice), {{"max_new_tokens", 0}}, 3),
                     decoding(dice, random_model(dice), {{"max_new_tokens", 1}}, 3),
                     decoding(dice, random_model(dice), {{"max_new_tokens", 7}}, 2)};
           }},
          {"06.5 a full context",
           [](Dice& dice) -> Cases {
             return {decoding(dice, {{"context", 6}}, {{"max_new_tokens", 20}}, 3),
                     decoding(dice, {{"context", 3}}, {{"max_new_tokens", 20}}, 3)};
           }},
          {"06.5 a caller who says no",
           [](Dice& dice) -> Cases {
             return {decoding(dice, {}, {{"cancel_after", 3}}, 3),
                     decoding(dice, {}, {{"cancel_after", 4}, {"max_new_tokens", 4}}, 3)};
           }},
          {"06.5 anything", random_generations}};
}

}  // namespace tokenwalk::grading
