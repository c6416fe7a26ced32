#include <gtest/gtest.h>

#include "tests/property/ch07_text.h"
#include "tests/support/dice.h"
#include "tests/support/random_cases.h"

namespace tokenwalk {
namespace {

GenerateOptions draw_options(Dice& dice) {
  GenerateOptions options;
  options.max_new_tokens = static_cast<int>(dice.below(6));
  options.seed = dice.below(1000);
  options.sampling.temperature = dice.chance(0.3) ? 0 : 1;
  options.ignore_eos = true;
  return options;
}

// I2, I4, I6: the tokens of the naive loop over the whole text, P + N - 1 positions.
std::string generate(Text& text, Dice& dice) {
  const Model& model = text.session.model();
  const GenerateOptions options = draw_options(dice);
  const bool first = text.ids.empty();
  const std::vector<int> added = dice.ids(dice.between(first ? 1 : 0, 4), model.config.vocab);
  const std::size_t unfed = text.session.pending() + added.size();
  text.ids.insert(text.ids.end(), added.begin(), added.end());
  const Generated expected = generate_naive(model, text.ids, options);
  const Generated got = text.session.generate(added, options);
  if (got.tokens != expected.tokens) return "other tokens than generate_naive";
  if (got.finish != expected.finish) return "another finish";
  const std::size_t n = got.tokens.size();
  if (got.evaluated != unfed + (n > 0 ? n - 1 : 0)) {
    return "evaluated " + std::to_string(got.evaluated) + " positions for " +
           std::to_string(unfed) + " ids not cached and " + std::to_string(n) + " new ones";
  }
  text.ids.insert(text.ids.end(), got.tokens.begin(), got.tokens.end());
  return "";
}

std::string truncate(Text& text, Dice& dice) {
  const std::size_t n = dice.between(0, text.ids.size());
  const std::size_t before = text.session.cached();
  const std::size_t expected = n == text.ids.size() ? before : std::min(before, n == 0 ? 0 : n - 1);
  text.session.truncate(n);
  text.ids.resize(n);
  return text.session.cached() == expected ? "" : "truncate keeps another number of positions";
}

std::string sync(Text& text, Dice& dice) {
  std::vector<int> ids = text.ids;
  ids.resize(dice.between(0, ids.size()));
  for (const int id :
       dice.ids(dice.between(ids.empty() ? 1 : 0, 3), text.session.model().config.vocab)) {
    ids.push_back(id);
  }
  std::size_t common = 0;
  while (common < std::min(ids.size(), text.ids.size()) && ids[common] == text.ids[common])
    ++common;
  const std::size_t kept = std::min({text.session.cached(), common, ids.size() - 1});
  const std::size_t evaluated = text.session.sync(ids);
  text.ids = ids;
  if (text.session.pending() != 0) return "an id is pending after sync";
  return evaluated == ids.size() - kept ? "" : "sync evaluates another number of positions";
}

std::string act(Text& text, Dice& dice) {
  switch (dice.below(5)) {
    case 0:
      return truncate(text, dice);
    case 1:
      return sync(text, dice);
    case 2:
      return text.session.flush() <= 1 && text.session.pending() == 0 ? "" : "flush leaves an id";
    default:
      return generate(text, dice);
  }
}

// Random actions on a text and its forks; after each, every one of them is what it must be.
std::string find_fault(std::uint64_t seed, const KernelSet& kernels) {
  const Model model = TinyRandomModel(draw_spec(seed)).build(kernels);
  Dice dice(seed, 17);
  std::vector<Text> texts;
  texts.push_back({Session(model), {}});
  for (int step = 0; step < 12; ++step) {
    const std::size_t i = dice.below(texts.size());
    if (texts.size() < 3 && dice.chance(0.2)) {
      texts.push_back({texts[i].session.fork(), texts[i].ids});
    }
    std::string fault = act(texts[i], dice);
    for (const Text& text : texts) {
      if (fault.empty()) fault = find_fault(text);
    }
    if (!fault.empty()) return "step " + std::to_string(step) + ": " + fault;
  }
  return "";
}

TEST(Ch07Session, HoldsItsInvariantsWhateverIsDone) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(12)) {
      ASSERT_EQ(find_fault(seed, kernels), "")
          << machine_name(kernels, threads) << ", case seed " << seed;
    }
  });
}

}  // namespace
}  // namespace tokenwalk
