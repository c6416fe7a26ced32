// The steps one by one, on candidates written out by hand.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/dice.h"
#include "tests/unit/ch03_candidates.h"
#include "tests/unit/contract.h"

namespace tokenwalk {
namespace {

// A cut's result on one input: these ids, in this order, and their probabilities renormalised.
void expect_kept(Complaints& complaints, const std::string& name, const Cut& cut,
                 const Candidates& before, double setting, std::size_t n_kept) {
  Candidates expected(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(n_kept));
  double sum = 0;
  for (const Candidate& c : expected) sum += c.prob;
  for (Candidate& c : expected) c.prob /= sum;

  const Candidates got = cut(before, setting);
  bool fine = ids_of(got) == ids_of(expected);
  for (std::size_t i = 0; fine && i < got.size(); ++i) {
    fine = std::abs(got[i].prob - expected[i].prob) <= 1e-12 && got[i].logit == expected[i].logit;
  }
  char shown[32];
  std::snprintf(shown, sizeof(shown), "%.9g", setting);
  complaints.expect(fine, name + " " + shown + " of " + show(before), show(expected), show(got));
}

// ---- top-k -----------------------------------------------------------------------------------

Complaints check_top_k(const std::function<Candidates(Candidates, int)>& cut_k) {
  Complaints complaints("page 03, exercise 03.2");
  const Cut cut = [&](Candidates c, double k) { return cut_k(std::move(c), static_cast<int>(k)); };
  const auto expect = [&](const Candidates& before, int k, std::size_t n_kept) {
    expect_kept(complaints, "top_k", cut, before, k, n_kept);
  };
  const Candidates four = ranked({0.4, 0.3, 0.2, 0.1});
  expect(four, 1, 1);
  expect(four, 2, 2);
  expect(four, 3, 3);
  expect(four, 4, 4);
  expect(four, 5, 4);  // more than there are: all
  expect(four, 2147483647, 4);
  expect(four, 0, 4);  // off
  // exactly k, also where the edge runs through equal ones: lower ids stay
  expect(ranked({0.4, 0.2, 0.2, 0.2}, {7, 1, 3, 5}), 2, 2);
  expect(ranked({0.25, 0.25, 0.25, 0.25}), 3, 3);
  expect(ranked({1}), 1, 1);
  expect(ranked({1, 0, 0}), 2, 2);
  return complaints;
}

TEST(Ch03TopK, KeepsExactlyK) {
  EXPECT_TRUE(holds(check_top_k(cut_top_k)));
}

TEST(Ch03TopK, TheTestsRejectWrongVersions) {
  // Keeps everything as likely as the k-th.
  EXPECT_FALSE(holds(check_top_k([](Candidates c, int k) {
    if (k == 0 || static_cast<std::size_t>(k) >= c.size()) return c;
    std::size_t n = static_cast<std::size_t>(k);
    while (n < c.size() && c[n].prob == c[n - 1].prob) ++n;
    return cut_top_k(std::move(c), static_cast<int>(n));
  })));
  // Does not renormalise.
  EXPECT_FALSE(holds(check_top_k([](Candidates c, int k) {
    if (k > 0 && static_cast<std::size_t>(k) < c.size()) c.resize(static_cast<std::size_t>(k));
    return c;
  })));
}

// ---- top-p -----------------------------------------------------------------------------------

Complaints check_nucleus(const Cut& cut) {
  Complaints complaints("page 03, exercise 03.3");
  const auto expect = [&](const Candidates& before, double p, std::size_t n_kept) {
    expect_kept(complaints, "top_p", cut, before, p, n_kept);
  };
  const Candidates three = ranked({0.5, 0.3, 0.2});
  expect(three, 0.4, 1);
  expect(three, 0.6, 2);  // the second one crosses 0.6, so it belongs to the set
  expect(three, 0.79, 2);
  expect(three, 0.9, 3);
  // borders: 0.5 + 0.3 reaches 0.8, and so does a sum up to a millionth below
  expect(three, 0.5, 1);
  expect(three, 0.8, 2);
  expect(three, 0.8 + 5e-7, 2);
  expect(three, 0.8 + 2e-6, 3);
  expect(ranked(std::vector<double>(10, 0.1)), 0.3, 3);
  expect(ranked(std::vector<double>(10, 0.1)), 0.7, 7);
  expect(ranked(std::vector<double>(3, 1.0 / 3)), 2.0 / 3, 2);
  // ends
  expect(three, 0, 1);
  expect(three, 1e-9, 1);
  expect(three, 1, 3);
  expect(ranked({0.999999999, 1e-9}), 1, 2);          // p = 1 is off, however small the rest
  expect(ranked({0.999999999, 1e-9}), 1 - 1e-12, 1);  // just below it is not
  expect(ranked({1, 0, 0}), 1, 3);
  expect(ranked({1, 0, 0}), 0.999, 1);
  expect(ranked({1}), 0, 1);
  expect(ranked({1}), 0.3, 1);
  // equal ones: lower ids first
  expect(ranked({0.25, 0.25, 0.25, 0.25}, {2, 3, 5, 8}), 0.5, 2);
  return complaints;
}

TEST(Ch03NucleusSampling, KeepsTheTokenThatCrossesP) {
  EXPECT_TRUE(holds(check_nucleus(cut_nucleus)));
}

TEST(Ch03NucleusSampling, TheTestsRejectTheKnownWrongVersions) {
  EXPECT_FALSE(holds(check_nucleus(cut_nucleus_without_crossing)));
  EXPECT_FALSE(holds(check_nucleus(cut_nucleus_without_renormalising)));
  // Compares without the millionth: 0.1 ten times does not reach 0.7 after seven.
  EXPECT_FALSE(holds(check_nucleus([](Candidates c, double p) {
    double running = 0;
    std::size_t n = 0;
    while (n < c.size() && (n == 0 || running < p)) running += c[n++].prob;
    return cut_top_k(std::move(c), static_cast<int>(n));
  })));
}

TEST(Ch03NucleusSampling, AComplaintSaysWhatAndWhereToRead) {
  const std::string text = check_nucleus(cut_nucleus_without_crossing).text();
  for (const char* part : {"top_p 0.6 of {id 0: 0.5", "expected: {id 0: 0.625, id 1: 0.375}",
                           "got:      {id 0: 1}", "page 03, exercise 03.3"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in " << text;
  }
}

TEST(Ch03NucleusSampling, POneChangesNoBit) {
  const Candidates before = ranked({0.3, 0.2, 0.1});  // does not even sum to 1
  const Candidates after = cut_nucleus(before, 1);
  ASSERT_EQ(after.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(after[i].prob, before[i].prob);
}

// Candidates as a softmax of n random logits would give them.
Candidates random_candidates(Dice& dice) {
  std::vector<float> logits;
  const bool coarse = dice.chance(0.5);
  for (std::size_t n = dice.between(1, 60); n > 0; --n) {
    const double logit = dice.real(-6, 6);
    logits.push_back(static_cast<float>(coarse ? std::floor(logit) : logit));
  }
  return make_candidates(logits);
}

TEST(Ch03NucleusSampling, IsTheSmallestSetThatReachesP) {
  Dice dice(81);
  for (int round = 0; round < 5000; ++round) {
    const Candidates before = random_candidates(dice);
    const double p = dice.uniform();
    const Candidates after = cut_nucleus(before, p);
    ASSERT_GE(after.size(), 1u);
    double sum = 0, sum_without_last = 0, renormalised = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      ASSERT_EQ(after[i].id, before[i].id) << "the most likely ones, in their order";
      sum_without_last = sum;
      sum += before[i].prob;
      renormalised += after[i].prob;
    }
    ASSERT_GE(sum, p - kReached - 1e-14);
    if (after.size() > 1) {
      ASSERT_LT(sum_without_last, p - kReached + 1e-14);
    }
    ASSERT_NEAR(renormalised, 1, 1e-14);
  }
}

TEST(Ch03NucleusSampling, AGreaterPKeepsAtLeastAsMuch) {
  Dice dice(82);
  for (int round = 0; round < 1000; ++round) {
    const Candidates before = random_candidates(dice);
    const double p = dice.uniform(), q = dice.uniform();
    ASSERT_LE(cut_nucleus(before, std::min(p, q)).size(),
              cut_nucleus(before, std::max(p, q)).size());
  }
}

// ---- min-p -----------------------------------------------------------------------------------

Complaints check_min_p(const Cut& cut) {
  Complaints complaints("page 03, exercise 03.4");
  const auto expect = [&](const Candidates& before, double p, std::size_t n_kept) {
    expect_kept(complaints, "min_p", cut, before, p, n_kept);
  };
  const Candidates four = ranked({0.5, 0.25, 0.1875, 0.0625});
  expect(four, 0, 4);
  expect(four, 0.125, 4);  // 0.0625 is exactly an eighth of 0.5: kept
  expect(four, 0.1251, 3);
  expect(four, 0.375, 3);
  expect(four, 0.5, 2);
  expect(four, 0.51, 1);
  expect(four, 1, 1);
  expect(ranked({0.4, 0.4, 0.2}), 1, 2);  // as likely as the best
  expect(ranked({1, 0, 0}), 0, 3);
  expect(ranked({1, 0, 0}), 1e-300, 1);
  expect(ranked({1}), 1, 1);
  return complaints;
}

TEST(Ch03MinP, KeepsWhatHasMinPOfTheBest) {
  EXPECT_TRUE(holds(check_min_p(cut_min_p)));
}

TEST(Ch03MinP, TheTestsRejectWrongVersions) {
  const auto keep_if = [](auto keep) {
    return [keep](Candidates c, double p) {
      std::size_t n = 1;
      while (n < c.size() && keep(c[n].prob, p, c[0].prob)) ++n;
      return cut_top_k(std::move(c), static_cast<int>(n));
    };
  };
  const auto right = [](double prob, double p, double best) { return prob >= p * best; };
  const auto strict = [](double prob, double p, double best) { return prob > p * best; };
  const auto absolute = [](double prob, double p, double) { return prob >= p; };
  EXPECT_TRUE(holds(check_min_p(keep_if(right))));
  EXPECT_FALSE(holds(check_min_p(keep_if(strict))));
  EXPECT_FALSE(holds(check_min_p(keep_if(absolute))));
}

}  // namespace
}  // namespace tokenwalk
