// The promise of the project: what the cache gives equals what the full forward gives, to the last
// bit. Random models, token lists and ways to cut them into calls; every exact kernel set, 1 to 4
// threads. TOKENWALK_TEST_SEED=123 adds cases of another seed (tests/support/random_cases.h).

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/cached_case.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/property.h"

namespace rc {

template <>
struct Arbitrary<tokenwalk::Action> {
  static Gen<tokenwalk::Action> arbitrary() {
    using tokenwalk::Action;
    // Feeding is what moves a case on: five of seven.
    const auto kind = gen::element(Action::kFeed, Action::kFeed, Action::kFeed, Action::kFeed,
                                   Action::kFeed, Action::kTruncate, Action::kStray);
    return gen::build<Action>(gen::set(&Action::kind, kind),
                              gen::set(&Action::amounts, gen::container<std::array<std::size_t, 3>>(
                                                             gen::inRange<std::size_t>(0, 24))));
  }
};

}  // namespace rc

namespace tokenwalk {
namespace {

rc::Gen<std::size_t> number(std::size_t low, std::size_t high) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(low, high + 1));
}

rc::Gen<std::vector<int>> token_list(std::size_t shortest, std::size_t longest) {
  return rc::gen::mapcat(number(shortest, longest), [](std::size_t n) {
    return rc::gen::container<std::vector<int>>(
        n, rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 1 << 16)));
  });
}

// A spec; heads over every number of K/V heads that divides them.
TinySpec pick_spec(std::size_t most_hidden) {
  TinySpec spec;
  spec.seed = *number(1, 1000000);
  spec.qwen3 = *number(0, 1) == 1;
  spec.tied_head = *number(0, 1) == 1;
  spec.bias = *number(0, 1) == 1;
  spec.scaling = static_cast<RopeScaling::Kind>(*number(0, 4));
  spec.n_layers = *number(1, 3);
  spec.n_kv_heads = *number(1, 4);
  spec.heads_per_kv = *number(1, 8 / spec.n_kv_heads);
  spec.half_head_dim = *number(1, 20);
  spec.hidden = *number(4, most_hidden);
  spec.intermediate = *number(1, 2 * most_hidden);
  spec.vocab = *number(5, 200);
  spec.kind = *rc::gen::element(WeightKind::kOrdinary, WeightKind::kOrdinary, WeightKind::kOrdinary,
                                WeightKind::kSharp, WeightKind::kFaint, WeightKind::kBroken);
  const bool rounds = spec.kind != WeightKind::kBroken;  // 8 and 4 bits cannot hold NaN
  spec.precision = rounds ? *rc::gen::element(WeightFormat::kF32, WeightFormat::kBF16,
                                              WeightFormat::kQ8_0, WeightFormat::kQ4_1)
                          : *rc::gen::element(WeightFormat::kF32, WeightFormat::kBF16);
  spec.kv_type = *rc::gen::element(KvType::kF32, KvType::kF16, KvType::kBF16);
  return spec;
}

void expect_no_difference(const CachedCase& test) {
  const std::string difference = find_difference(test);
  if (difference.empty()) return;
  std::ostringstream report;
  report << difference << "\n" << test;
  RC_FAIL(report.str());
}

TEST(Ch06CachedGenerate, CachedEqualsUncachedInEveryBit) {
  check_property(40, [] {
    CachedCase test;
    test.spec = pick_spec(80);
    test.sequences = {*token_list(1, 70)};
    test.actions = *rc::gen::arbitrary<std::vector<Action>>();
    expect_no_difference(test);
  });
}

TEST(Ch06CachedGenerate, CachedEqualsUncachedForSequencesMixedInOneCall) {
  check_property(20, [] {
    CachedCase test;
    test.spec = pick_spec(48);
    const std::size_t n = *number(2, 3);
    for (std::size_t s = 0; s < n; ++s) test.sequences.push_back(*token_list(1, 30));
    test.actions = *rc::gen::arbitrary<std::vector<Action>>();
    expect_no_difference(test);
  });
}

// Beyond 256 positions a second block of K/V begins; one sequence may be there and its mate not.
TEST(Ch06CachedGenerate, CachedEqualsUncachedAcrossABlockOfTheCache) {
  check_property(4, [] {
    CachedCase test;
    test.spec = pick_spec(20);
    test.spec.n_layers = *number(1, 2);
    test.sequences = {*token_list(250, 300), *token_list(1, 20)};
    const std::size_t first = *number(200, 262);
    test.actions = {{Action::kFeed, {first, 1, 0}}};
    const auto more = *rc::gen::arbitrary<std::vector<Action>>();
    test.actions.insert(test.actions.end(), more.begin(), more.end());
    expect_no_difference(test);
  });
}

// The set `eigen` is an ordinary library's product: how it sums depends on how many rows there are.
// The test above would find such a set out.
TEST(Ch06CachedGenerate, AnOrdinaryLibraryDoesNotKeepThePromise) {
  ThreadPool pool(1);
  const auto eigen = eigen_kernel_set(pool);
  ASSERT_NE(eigen, nullptr);
  std::string difference;
  for (std::uint64_t seed = 1; seed <= 5 && difference.empty(); ++seed) {
    CachedCase test;
    test.spec = {.seed = seed,
                 .qwen3 = true,
                 .tied_head = true,
                 .n_layers = 3,
                 .n_kv_heads = 2,
                 .heads_per_kv = 2,
                 .half_head_dim = 16,
                 .hidden = 256,
                 .intermediate = 384,
                 .vocab = 500};
    Dice dice(seed);
    test.sequences = {dice.ids(40, test.spec.vocab)};
    test.actions.assign(40, {Action::kFeed, {1, 0, 0}});
    ASSERT_EQ(find_difference(test, *reference_kernel_set(pool)), "");
    difference = find_difference(test, *eigen);
  }
  EXPECT_NE(difference, "") << "the library gave the same bits for one row and for many";
  EXPECT_NE(difference.find("differ, first in row"), std::string::npos) << difference;
}

}  // namespace
}  // namespace tokenwalk
