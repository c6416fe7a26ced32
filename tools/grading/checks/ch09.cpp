// What is tested of chapter 09.
#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

Case sharing(const std::vector<std::size_t>& unfed, std::size_t rows) {
  return {"share_rows", {{"unfed", unfed}, {"prompt_rows", rows}}};
}

Cases random_shares(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 30; ++i) {
    std::vector<std::size_t> unfed(dice.below(8));
    for (std::size_t& n : unfed) n = dice.chance(0.5) ? 1 : dice.between(1, 40);
    cases.push_back(sharing(unfed, dice.below(50)));
  }
  return cases;
}

json text(const std::vector<int>& prompt, const json& samples, int joins = 0) {
  return {{"prompt", prompt}, {"samples", samples}, {"joins", joins}};
}

json tokens(int n, int seed = 0) {
  return {{"max_new_tokens", n}, {"seed", seed}};
}

Case batch(const json& model, const json& texts, std::size_t prompt_rows, int last_join = 0) {
  return {
      "batch",
      {{"model", model}, {"texts", texts}, {"prompt_rows", prompt_rows}, {"last_join", last_join}}};
}

json random_options(Dice& dice, int n_samples) {
  json samples = json::array();
  for (int i = 0; i < n_samples; ++i) {
    samples.push_back({{"max_new_tokens", dice.below(9)},
                       {"seed", dice.below(99)},
                       {"stream", i},
                       {"stop_ids", dice.ids(1, 24)},
                       {"cancel_after", dice.between(1, 12)}});
  }
  return samples;
}

Cases random_batches(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 6; ++i) {
    json texts = json::array();
    for (int t = 0; t < 4; ++t) {
      texts.push_back(text(dice.ids(dice.between(1, 9), 24),
                           random_options(dice, dice.chance(0.3) ? 3 : 1),
                           static_cast<int>(dice.below(4))));
    }
    cases.push_back(batch({{"seed", dice.below(1000)}, {"context", 14}}, texts, dice.below(7), 4));
  }
  return cases;
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {{"09.1 everybody feeds one",
           [](Dice&) -> Cases {
             return {sharing({1, 1, 1}, 4), sharing({5, 1}, 0), sharing({}, 3)};
           }},
          {"09.1 the earliest first", random_shares},
          {"09.2 one text",
           [](Dice&) -> Cases {
             return {batch({}, {text({1, 2, 3}, {tokens(1)})}, 64)};
           }},
          {"09.2 a long prompt",
           [](Dice& dice) -> Cases {
             return {batch({}, {text(dice.ids(11, 24), {tokens(2)}), text({5}, {tokens(6)})}, 3)};
           }},
          {"09.3 no token",
           [](Dice&) -> Cases {
             return {batch({}, {text({1, 2}, {tokens(0)})}, 64)};
           }},
          {"09.3 its own end",
           [](Dice&) -> Cases {
             return {batch({{"eos", {2, 5}}},
                           {text({1, 2}, {tokens(9)}), text({4}, {tokens(3, 7)}),
                            text({3}, {{{"cancel_after", 2}}})},
                           64)};
           }},
          {"09.3 a full context",
           [](Dice&) -> Cases {
             const json both = {{"max_new_tokens", 50}, {"cancel_after", 3}};
             return {batch({{"context", 5}},
                           {text({1, 2}, {tokens(50)}), text({1, 2, 3, 4, 5}, {tokens(3)}),
                            text({3, 4}, {both})},
                           64)};
           }},
          {"09.4 who waits",
           [](Dice& dice) -> Cases {
             return {batch({},
                           {text({5}, {tokens(4)}), text(dice.ids(9, 24), {tokens(2)}),
                            text({6, 7}, {tokens(3)})},
                           2)};
           }},
          {"09.4 samples of one prompt",
           [](Dice&) -> Cases {
             return {batch({}, {text({1, 2, 3}, {tokens(4, 1), tokens(2, 2), tokens(3, 3)})}, 64)};
           }},
          {"09.4 anything", random_batches}};
}

}  // namespace tokenwalk::grading
