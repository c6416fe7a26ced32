// The cuts, on numbers written out by hand, and the versions known to be wrong.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "chapters/12_more_samplers/filters.h"
#include "chapters/12_more_samplers/known_wrong.h"
#include "tests/support/dice.h"
#include "tests/unit/ch03_candidates.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

// ---- cuts ------------------------------------------------------------------------------------

void expect_cut(Complaints& complaints, const std::string& what, const Candidates& got,
                const Candidates& expected) {
  bool fine = ids_of(got) == ids_of(expected);
  for (std::size_t i = 0; fine && i < got.size(); ++i) {
    fine = std::abs(got[i].prob - expected[i].prob) < 1e-12;
  }
  complaints.expect(fine, what, show(expected), show(got));
}

Complaints check_typical(const Cut& cut) {
  Complaints complaints("page 12, exercise 12.5");
  const auto expect = [&](const Candidates& before, double p, const Candidates& after) {
    expect_cut(complaints, "typical_p " + std::to_string(p) + " of " + show(before), cut(before, p),
               after);
  };
  // 0.4 has surprise 0.92, the others 1.61, the mean is 1.33: 0.2 is nearer.
  const Candidates four = ranked({0.4, 0.2, 0.2, 0.2});
  expect(four, 0, ranked({1}, {1}));
  expect(four, 0.2, ranked({1}, {1}));
  expect(four, 0.5, ranked({1.0 / 3, 1.0 / 3, 1.0 / 3}, {1, 2, 3}));
  expect(four, 0.6, ranked({1.0 / 3, 1.0 / 3, 1.0 / 3}, {1, 2, 3}));  // reached, not crossed
  expect(four, 0.61, four);
  expect(four, 1, four);
  expect(ranked({0.97, 0.01, 0.01, 0.01}), 0.5, ranked({1}));
  expect(ranked({0.97, 0.01, 0.01, 0.01}), 0.975, ranked({0.97 / 0.98, 0.01 / 0.98}));
  expect(ranked({0.25, 0.25, 0.25, 0.25}, {1, 4, 6, 9}), 0.5, ranked({0.5, 0.5}, {1, 4}));
  expect(ranked({1, 0, 0}), 0.5, ranked({1}));
  expect(ranked({0.5, 0.5, 0}), 0.9, ranked({0.5, 0.5}));
  expect(ranked({1}), 0.3, ranked({1}));
  return complaints;
}

TEST(Ch12Typical, KeepsWhatIsNearestToTheMeanSurprise) {
  EXPECT_TRUE(holds(check_typical(cut_typical)));
}

TEST(Ch12Typical, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_typical(cut_nucleus)));
  EXPECT_FALSE(holds(check_typical([](Candidates c, double p) {  // goes on until above p
    return cut_typical(std::move(c), p == 1 ? 1 : std::min(p + 3e-6, 1.0));
  })));
}

Complaints check_sigma(const Cut& cut) {
  Complaints complaints("page 12, exercise 12.6");
  const auto expect = [&](const std::vector<float>& logits, double n, const Ids& kept) {
    const Candidates before = make_candidates(logits);
    const Candidates got = cut(before, n);
    complaints.expect(ids_of(got) == kept, std::to_string(n) + " sigma of " + show(before),
                      testing::PrintToString(kept), show(got));
  };
  expect({2, -2}, 0, {0, 1});  // off
  expect({2, -2}, 1.9, {0});   // sigma 2
  expect({2, -2}, 2, {0, 1});
  expect({3, 1, -1, -3}, 0.8, {0});  // sigma sqrt(5)
  expect({3, 1, -1, -3}, 0.9, {0, 1});
  expect({3, 1, -1, -3}, 1.8, {0, 1, 2});
  expect({3, 1, -1, -3}, 2.7, {0, 1, 2, 3});
  expect({1, 1, 1}, 1e-9, {0, 1, 2});  // sigma 0: what ties with the best stays
  expect({1, 1, 0}, 1e-9, {0, 1});
  expect({5}, 1, {0});
  return complaints;
}

TEST(Ch12TopNSigma, KeepsWhatIsNearTheBestLogit) {
  EXPECT_TRUE(holds(check_sigma(cut_top_n_sigma)));
  const Candidates cut = cut_top_n_sigma(ranked({0.5, 0.4, 0.1}), 1);
  EXPECT_NEAR(cut[0].prob, 5.0 / 9, 1e-15);
}

TEST(Ch12TopNSigma, TheTestsRejectWrongVersions) {
  // Divides by one less than the number.
  EXPECT_FALSE(holds(check_sigma([](Candidates c, double n) {
    const auto size = static_cast<double>(c.size());
    return cut_top_n_sigma(std::move(c), size > 1 ? n * std::sqrt(size / (size - 1)) : n);
  })));
  EXPECT_FALSE(holds(check_sigma(cut_min_p)));
}

TEST(Ch12TopNSigma, NoTemperatureChangesWhatIsKept) {
  Dice dice(1204);
  for (int round = 0; round < 500; ++round) {
    const Candidates all = make_candidates(dice.floats(30, -6, 6));
    const double n = dice.real(0.1, 3), temperature = dice.real(0.2, 4);
    EXPECT_EQ(ids_of(cut_top_n_sigma(apply_temperature(all, temperature), n)),
              ids_of(cut_top_n_sigma(all, n)));
  }
}

using Xtc = std::function<Candidates(Candidates, double, double, double)>;

Complaints check_xtc(const Xtc& cut) {
  Complaints complaints("page 12, exercise 12.7");
  const auto expect = [&](const Candidates& before, double probability, double threshold,
                          double coin, const Candidates& after) {
    expect_cut(complaints,
               "xtc " + std::to_string(probability) + ", threshold " + std::to_string(threshold) +
                   ", coin " + std::to_string(coin) + " of " + show(before),
               cut(before, probability, threshold, coin), after);
  };
  const Candidates four = ranked({0.4, 0.3, 0.2, 0.1});
  expect(four, 1, 0.15, 0, ranked({2.0 / 3, 1.0 / 3}, {2, 3}));
  expect(four, 1, 0.05, 0, ranked({1}, {3}));
  expect(four, 1, 0.25, 0, ranked({0.5, 1.0 / 3, 1.0 / 6}, {1, 2, 3}));
  expect(four, 1, 0.35, 0, four);  // a single top choice stays
  expect(four, 1, 0.5, 0, four);
  expect(four, 1, 0, 0, ranked({1}, {3}));
  expect(four, 0, 0.15, 0, four);      // off
  expect(four, 0.5, 0.15, 0.5, four);  // the coin must be below
  expect(four, 0.5, 0.15, 0.49, ranked({2.0 / 3, 1.0 / 3}, {2, 3}));
  expect(four, 1, 0.15, 1 - 0x1p-53, ranked({2.0 / 3, 1.0 / 3}, {2, 3}));
  // ties with the least likely top choice stay
  expect(ranked({0.4, 0.25, 0.25, 0.1}), 1, 0.2, 0,
         ranked({0.25 / 0.6, 0.25 / 0.6, 0.1 / 0.6}, {1, 2, 3}));
  expect(ranked({0.25, 0.25, 0.25, 0.25}), 1, 0.1, 0, ranked({0.25, 0.25, 0.25, 0.25}));
  expect(ranked({0.6, 0.4, 0}), 1, 0, 0, ranked({1, 0}, {1, 2}));  // 0 is no top choice
  expect(ranked({1}), 1, 0.1, 0, ranked({1}));
  return complaints;
}

TEST(Ch12Xtc, RemovesTopChoicesButTheLast) {
  EXPECT_TRUE(holds(check_xtc(cut_xtc)));
}

TEST(Ch12Xtc, TheTestsRejectWrongVersions) {
  EXPECT_FALSE(holds(check_xtc(cut_xtc_all)));
  EXPECT_FALSE(holds(check_xtc([](Candidates c, double probability, double threshold, double) {
    return cut_xtc(std::move(c), probability, threshold, 0);
  })));
  EXPECT_FALSE(holds(check_xtc([](Candidates c, double probability, double threshold, double coin) {
    const std::size_t size = c.size();
    Candidates kept = cut_xtc(std::move(c), probability, threshold, coin);
    if (kept.size() < size && kept.size() > 1 && kept[0].prob == kept[1].prob) {
      kept.erase(kept.begin());  // a tie goes too
    }
    return kept;
  })));
}

// What every cut promises: a sorted list, none of it new, with sum 1.
TEST(Ch12Cuts, KeepAPartInItsOrderWithSumOne) {
  Dice dice(1205);
  for (int round = 0; round < 2000; ++round) {
    const Candidates all = make_candidates(dice.floats(dice.between(1, 50), -5, 5));
    const double x = dice.uniform();
    for (const Candidates& cut :
         {cut_typical(all, x), cut_top_n_sigma(all, 3 * x), cut_xtc(all, 1, x / 2, 0)}) {
      ASSERT_FALSE(cut.empty());
      double sum = 0;
      std::size_t at = 0;
      for (const Candidate& c : cut) {
        while (at < all.size() && all[at].id != c.id) ++at;
        ASSERT_LT(at, all.size()) << show(cut) << " of " << show(all);
        sum += c.prob;
      }
      ASSERT_NEAR(sum, 1, 1e-13);
    }
  }
}

}  // namespace
}  // namespace tokenwalk
