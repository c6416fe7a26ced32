// The steps on logits, on numbers written out by hand, and the versions known to be wrong.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "chapters/12_more_samplers/bias.h"
#include "chapters/12_more_samplers/dry.h"
#include "chapters/12_more_samplers/known_wrong.h"
#include "chapters/12_more_samplers/penalties.h"
#include "tests/support/dice.h"
#include "tests/unit/ch03_candidates.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

using Doubles = std::vector<double>;

constexpr double kBan = -std::numeric_limits<double>::infinity();

void expect_logits(Complaints& complaints, const std::string& what, const Doubles& got,
                   const Doubles& expected) {
  bool fine = got.size() == expected.size();
  for (std::size_t i = 0; fine && i < got.size(); ++i) {
    fine = got[i] == expected[i] || std::abs(got[i] - expected[i]) < 1e-12;
  }
  complaints.expect(fine, what, testing::PrintToString(expected), testing::PrintToString(got));
}

// ---- penalties -------------------------------------------------------------------------------

using Penalise =
    std::function<void(std::span<double>, std::span<const int>, const PenaltyOptions&)>;

Complaints check_penalties(const Penalise& penalise_by) {
  Complaints complaints("page 12, exercise 12.1");
  const auto expect = [&](Doubles logits, const Ids& text, const PenaltyOptions& options,
                          const Doubles& expected) {
    const std::string what =
        "logits " + testing::PrintToString(logits) + ", text " + testing::PrintToString(text) +
        ", r " + std::to_string(options.repetition) + ", last " + std::to_string(options.last_n);
    penalise_by(logits, text, options);
    expect_logits(complaints, what, logits, expected);
  };
  const Doubles four = {4, -4, 0, 2};
  expect(four, {}, {.repetition = 2, .frequency = 1, .presence = 1}, four);
  expect(four, {0, 1, 2}, {.repetition = 2}, {2, -8, 0, 2});
  expect(four, {0, 0, 0}, {.repetition = 2}, {2, -4, 0, 2});  // once, however often
  expect(four, {0, 1, 2}, {.repetition = 0.5}, {8, -2, 0, 2});
  expect(four, {0, 0, 1}, {.frequency = 0.5}, {3, -4.5, 0, 2});
  expect(four, {0, 0, 1}, {.presence = 0.5}, {3.5, -4.5, 0, 2});
  expect(four, {3, 3}, {.frequency = -1, .presence = -0.25}, {4, -4, 0, 4.25});
  // repetition first: 4 / 2 - 2 * 0.5 - 0.25, and a logit that changes its sign only afterwards
  expect(four, {0, 0}, {.repetition = 2, .frequency = 0.5, .presence = 0.25}, {0.75, -4, 0, 2});
  expect(four, {3}, {.repetition = 2, .presence = 3}, {4, -4, 0, -2});
  // the window: prompt or new, the last ones
  expect(four, {0, 3, 1}, {.repetition = 2, .last_n = 2}, {4, -8, 0, 1});
  expect(four, {0, 3, 1}, {.repetition = 2, .last_n = 0}, four);
  expect(four, {0, 3, 1}, {.repetition = 2, .last_n = 9}, {2, -8, 0, 1});
  expect(four, {0, 0, 0}, {.frequency = 1, .last_n = 2}, {2, -4, 0, 2});
  expect({kBan, 1}, {0}, {.repetition = 2, .frequency = -5}, {kBan, 1});  // masked stays masked
  return complaints;
}

TEST(Ch12Penalties, OncePerIdOrByCount) {
  EXPECT_TRUE(holds(check_penalties(penalise)));
}

TEST(Ch12Penalties, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_penalties(penalise_dividing)));
  // Frequency and presence before repetition.
  EXPECT_FALSE(holds(check_penalties([](auto logits, auto text, PenaltyOptions options) {
    PenaltyOptions first = options, second;
    first.repetition = 1;
    second.repetition = options.repetition;
    second.last_n = options.last_n;
    penalise(logits, text, first);
    penalise(logits, text, second);
  })));
  // The first ids instead of the last.
  EXPECT_FALSE(holds(check_penalties([](auto logits, auto text, PenaltyOptions options) {
    const auto n = static_cast<std::size_t>(options.last_n);
    penalise(logits, options.last_n < 0 || n > text.size() ? text : text.first(n), options);
  })));
}

// ---- bias and bans ---------------------------------------------------------------------------

TEST(Ch12Bias, AddsAndBans) {
  Doubles logits = {1, 2, 3, kBan};
  add_bias(logits, {{0, 5}, {1, -0.5}, {2, kBan}, {3, 100}});
  EXPECT_EQ(logits, (Doubles{6, 1.5, kBan, kBan})) << "no bias brings a masked id back";
  allow_only(logits, Ids{1, 2, 1});
  EXPECT_EQ(logits, (Doubles{kBan, 1.5, kBan, kBan}));
}

using BanSequences = decltype(&ban_sequences);

Complaints check_sequences(const std::function<std::remove_pointer_t<BanSequences>>& ban) {
  Complaints complaints("page 12, exercise 12.2");
  const auto expect = [&](const Ids& text, const std::vector<Ids>& banned, const Ids& gone) {
    Doubles got(4), expected(4);
    for (const int id : gone) expected[static_cast<std::size_t>(id)] = kBan;
    ban(got, text, banned);
    expect_logits(
        complaints,
        "text " + testing::PrintToString(text) + ", banned " + testing::PrintToString(banned), got,
        expected);
  };
  expect({}, {{2}}, {2});
  expect({0, 1}, {{2}, {3}}, {2, 3});
  expect({0, 1}, {{1, 2}}, {2});
  expect({0, 1}, {{0, 2}}, {});
  expect({0, 1}, {{0, 1, 3}, {1, 1}, {0, 0, 1, 2}}, {1, 3});
  expect({}, {{0, 1}}, {});  // the text is too short
  expect({2}, {{2, 2, 2}}, {});
  expect({2, 2}, {{2, 2, 2}}, {2});
  expect({0, 1, 2}, {{0, 1, 3}}, {});  // not at the end
  return complaints;
}

TEST(Ch12Bans, ASequenceIsNotCompleted) {
  EXPECT_TRUE(holds(check_sequences(ban_sequences)));
}

TEST(Ch12Bans, TheTestsRejectWrongVersionsOfSequences) {
  // Every id of a banned sequence is banned.
  EXPECT_FALSE(holds(check_sequences([](auto logits, auto, auto sequences) {
    for (const Ids& sequence : sequences) {
      for (const int id : sequence) logits[static_cast<std::size_t>(id)] = kBan;
    }
  })));
  // Looks for the beginning anywhere in the text.
  EXPECT_FALSE(holds(check_sequences([](auto logits, auto text, auto sequences) {
    for (std::size_t n = 0; n <= text.size(); ++n) ban_sequences(logits, text.first(n), sequences);
  })));
}

using BanNgrams = decltype(&ban_repeated_ngrams);

Complaints check_ngrams(const std::function<std::remove_pointer_t<BanNgrams>>& ban) {
  Complaints complaints("page 12, exercise 12.3");
  const auto expect = [&](const Ids& text, int n, const Ids& gone) {
    Doubles got(5), expected(5);
    for (const int id : gone) expected[static_cast<std::size_t>(id)] = kBan;
    ban(got, text, n);
    expect_logits(complaints, "text " + testing::PrintToString(text) + ", n " + std::to_string(n),
                  got, expected);
  };
  expect({0, 1, 2}, 0, {});
  expect({0, 1, 1}, 1, {0, 1});
  expect({0, 1, 2, 0}, 2, {1});
  expect({0, 1, 0, 2, 0}, 2, {1, 2});
  expect({0, 1, 2, 3}, 2, {});
  expect({0, 1, 2, 0, 1}, 3, {2});
  expect({0, 1, 2, 1}, 3, {});
  expect({1, 1}, 3, {});  // too short
  expect({1, 1, 1}, 3, {1});
  expect({1, 1}, 2, {1});
  expect({}, 1, {});
  expect({}, 3, {});
  return complaints;
}

TEST(Ch12Bans, NoNgramTwice) {
  EXPECT_TRUE(holds(check_ngrams(ban_repeated_ngrams)));
}

TEST(Ch12Bans, TheTestsRejectWrongVersionsOfNgrams) {
  EXPECT_FALSE(holds(check_ngrams(
      [](auto logits, auto text, int n) { ban_repeated_ngrams(logits, text, n + 1); })));
  EXPECT_FALSE(holds(check_ngrams([](auto logits, auto text, int n) {  // not the last place
    ban_repeated_ngrams(logits, text.first(text.empty() ? 0 : text.size() - 1), n);
  })));
}

TEST(Ch12Bans, NoEndBeforeTheLeast) {
  const Ids ends = {0, 2};
  for (std::size_t n_new : {0u, 1u, 2u, 3u}) {
    Doubles logits(4);
    ban_ends(logits, {{}, n_new, ends}, 2);
    EXPECT_EQ(logits[0], n_new < 2 ? kBan : 0) << n_new << " new tokens";
    EXPECT_EQ(logits[2], n_new < 2 ? kBan : 0);
    EXPECT_EQ(logits[1], 0);
  }
}

// ---- dry -------------------------------------------------------------------------------------

TEST(Ch12Dry, RepeatsOfTheHeader) {
  const Ids text = {0, 1, 2, 2, 1, 2, 4, 0, 1, 2};
  EXPECT_EQ(suffix_repeats(text), (std::vector<std::size_t>{0, 0, 3, 1, 0, 2, 0, 0, 0, 10}));
  EXPECT_EQ(suffix_repeats(Ids{}), (std::vector<std::size_t>{}));
  EXPECT_EQ(suffix_repeats(Ids{7}), (std::vector<std::size_t>{1}));
}

TEST(Ch12Dry, RepeatsAreWhatComparingGives) {
  Dice dice(1203);
  for (int round = 0; round < 3000; ++round) {
    const Ids text = dice.ids(dice.below(60), dice.between(1, 3));
    std::vector<std::size_t> expected;
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::size_t n = 0;
      while (n <= i && text[i - n] == text[text.size() - 1 - n]) ++n;
      expected.push_back(n);
    }
    ASSERT_EQ(suffix_repeats(text), expected) << testing::PrintToString(text);
  }
}

TEST(Ch12Dry, ALongRepeatTakesNoTime) {
  const Ids text(200000, 3);
  Doubles logits(5);
  apply_dry(logits, text, {.multiplier = 1, .base = 1});
  EXPECT_EQ(logits, (Doubles{0, 0, 0, -1, 0}));
}

using Dry = std::function<void(std::span<double>, std::span<const int>, const DryOptions&)>;

Complaints check_dry(const Dry& dry) {
  Complaints complaints("page 12, exercise 12.4");
  const auto expect = [&](const Ids& text, const DryOptions& options, const Doubles& expected) {
    Doubles got(5);
    dry(got, text, options);
    expect_logits(complaints,
                  "text " + testing::PrintToString(text) + ", allowed " +
                      std::to_string(options.allowed_length) + ", breakers " +
                      testing::PrintToString(options.breakers),
                  got, expected);
  };
  const DryOptions two = {.multiplier = 1, .base = 2};
  DryOptions half = two, one = two, short_view = two, three = two;
  half.multiplier = 0.5;
  one.allowed_length = 1;
  short_view.last_n = 4;
  three.allowed_length = 3;
  expect({}, two, {0, 0, 0, 0, 0});
  expect({0, 1}, two, {0, 0, 0, 0, 0});
  expect({0, 1, 2, 0, 1}, two, {0, 0, -1, 0, 0});        // 1 * 2^(2 - 2)
  expect({3, 0, 1, 2, 3, 0, 1}, two, {0, 0, -2, 0, 0});  // three long
  expect({3, 0, 1, 2, 3, 0, 1}, half, {0, 0, -1, 0, 0});
  expect({3, 0, 1, 2, 3, 0, 1}, three, {0, 0, -1, 0, 0});
  expect({0, 1, 2, 0, 1}, three, {0, 0, 0, 0, 0});
  expect({0, 1, 2, 0, 1}, one, {0, 0, -2, 0, 0});
  expect({0, 1, 2, 0, 1}, short_view, {0, 0, 0, 0, 0});              // sees 1 2 0 1
  expect({3, 0, 1, 2, 0, 1, 4, 3, 0, 1}, two, {0, 0, -2, 0, -1});    // each by its longest
  expect({0, 1, 2, 4, 0, 1, 2, 3, 4, 0, 1}, two, {0, 0, -2, 0, 0});  // the longest of two
  expect({1, 1, 1, 1}, two, {0, -2, 0, 0, 0});                       // a repeat may overlap the end
  DryOptions broken = two;
  broken.breakers = {{4}};
  expect({3, 0, 1, 2, 4, 3, 0, 1}, broken, {0, 0, -2, 0, 0});
  expect({3, 4, 0, 1, 2, 3, 4, 0, 1}, broken, {0, 0, -1, 0, 0});  // 3 and 4 do not count
  expect({0, 1, 2, 0, 1, 4}, broken, {0, 0, 0, 0, 0});
  expect({0, 1, 4, 0, 1}, broken, {0, 0, 0, 0, 0});  // a breaker is never penalised
  broken.breakers = {{3, 4}};
  expect({3, 4, 0, 1, 2, 3, 4, 0, 1}, broken, {0, 0, -1, 0, 0});
  expect({4, 0, 1, 2, 4, 0, 1}, broken, {0, 0, -2, 0, 0});  // 4 alone breaks nothing
  expect({0, 1, 3, 0, 1}, broken, {0, 0, 0, -1, 0});        // nor is 3 alone a breaker
  return complaints;
}

TEST(Ch12Dry, PenalisesByTheLongestRepeat) {
  EXPECT_TRUE(holds(check_dry(apply_dry)));
}

TEST(Ch12Dry, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_dry(apply_dry_across_breakers)));
  EXPECT_FALSE(holds(check_dry([](auto logits, auto text, DryOptions options) {
    ++options.allowed_length;
    apply_dry(logits, text, options);
  })));
  EXPECT_FALSE(holds(check_dry([](auto logits, auto text, DryOptions options) {
    options.last_n = -1;
    apply_dry(logits, text, options);
  })));
}

}  // namespace
}  // namespace tokenwalk
