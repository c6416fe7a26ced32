// Temperature, candidates and the draw, on numbers written out by hand.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/special_values.h"
#include "tests/unit/ch03_candidates.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

// ---- temperature -----------------------------------------------------------------------------

// ln(p_i / p_j) = (l_i - l_j) / T for all pairs, most likely first, summing to 1.
Complaints check_temperature_step(const Cut& apply) {
  Complaints complaints("page 03, exercise 03.1");
  for (const double temperature : {0.1, 0.5, 1.0, 2.0, 7.5}) {
    const Candidates before = make_candidates(std::vector<float>{1, 3, 2, 3, -4});
    const Candidates got = apply(before, temperature);
    std::vector<double> weights;
    double sum = 0;
    for (const Candidate& c : before) sum += std::exp((c.logit - 3) / temperature);
    Candidates expected = before;
    for (Candidate& c : expected) c.prob = std::exp((c.logit - 3) / temperature) / sum;
    bool fine = ids_of(got) == ids_of(expected);
    for (std::size_t i = 0; fine && i < got.size(); ++i) {
      fine = std::abs(got[i].prob - expected[i].prob) <= 1e-13;
    }
    complaints.expect(fine, "temperature " + std::to_string(temperature) + " of " + show(before),
                      show(expected), show(got));
  }
  return complaints;
}

TEST(Ch03Temperature, DividesTheLogits) {
  EXPECT_TRUE(holds(check_temperature_step(apply_temperature)));
}

TEST(Ch03Temperature, TheTestsRejectTheKnownWrongVersion) {
  EXPECT_FALSE(holds(check_temperature_step(temperature_after_exp)));
}

TEST(Ch03Temperature, ZeroKeepsTheLowestIdAmongEqualMaxima) {
  const Candidates kept = apply_temperature(make_candidates(std::vector<float>{1, 3, 3, 2}), 0);
  ASSERT_EQ(kept.size(), 1u) << show(kept);
  EXPECT_EQ(kept[0].id, 1);
  EXPECT_EQ(kept[0].prob, 1);
}

TEST(Ch03Temperature, TinyAndHugeOnes) {
  const Candidates before = make_candidates(std::vector<float>{1, 3, 2, 3});
  for (const double tiny : {1e-300, 5e-324}) {
    EXPECT_EQ(show(apply_temperature(before, tiny)), "{id 1: 0.5, id 3: 0.5, id 0: 0, id 2: 0}");
  }
  for (const double huge : {1e300, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(show(apply_temperature(before, huge)),
              "{id 0: 0.25, id 1: 0.25, id 2: 0.25, id 3: 0.25}")
        << "equally likely now: lower ids first";
  }
}

// After a cut the logits of what is left still say how likely each is.
TEST(Ch03Temperature, WorksAfterACut) {
  Candidates c = cut_top_k(make_candidates(std::vector<float>{1, 3, 2}), 2);
  c = apply_temperature(std::move(c), 0.5);
  EXPECT_EQ(ids_of(c), (Ids{1, 2}));
  EXPECT_NEAR(c[0].prob / c[1].prob, std::exp(2), 1e-12);
}

// ---- candidates ------------------------------------------------------------------------------

TEST(Ch03Candidates, MostLikelyFirstWithoutTheMasked) {
  const Candidates c = make_candidates(std::vector<float>{1, kMasked, 2, 1, 2, kMasked});
  EXPECT_EQ(ids_of(c), (Ids{2, 4, 0, 3}));
  EXPECT_EQ(c[0].logit, 2);
  double sum = 0;
  for (const Candidate& candidate : c) sum += candidate.prob;
  EXPECT_NEAR(sum, 1, 1e-15);
}

// ---- the draw --------------------------------------------------------------------------------

TEST(Ch03Draw, RunsOverIdsInAscendingOrder) {
  // Most likely first these are 5, 2, 9; by id 2, 5, 9 with the edges 0.25 and 0.75.
  const Candidates c = ranked({0.5, 0.25, 0.25}, {5, 2, 9});
  EXPECT_EQ(draw_candidate(c, 0), 2) << "page 03, exercise 03.5";
  EXPECT_EQ(draw_candidate(c, 0.2499), 2);
  EXPECT_EQ(draw_candidate(c, 0.25), 5);
  EXPECT_EQ(draw_candidate(c, 0.7499), 5);
  EXPECT_EQ(draw_candidate(c, 0.75), 9);
  EXPECT_EQ(draw_candidate(c, 1 - 0x1p-53), 9);
}

TEST(Ch03Draw, NeverDrawsProbabilityZero) {
  EXPECT_EQ(draw_candidate(ranked({1, 0, 0}, {5, 2, 9}), 0), 5);
  EXPECT_EQ(draw_candidate(ranked({1, 0, 0}, {5, 2, 9}), 1 - 0x1p-53), 5);
}

}  // namespace
}  // namespace tokenwalk
