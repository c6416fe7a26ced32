// The sampler's scan of every target: the bits of plain loops over math::exp.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "lib/base/math.h"
#include "lib/kernels/sampler_scan.h"
#include "tests/kernels/exact_test.h"

namespace tokenwalk {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

struct Scanned {
  std::vector<std::uint64_t> sums, terms;  // bits
  std::vector<int> ids;
};

std::vector<std::uint64_t> bits_of(std::span<const double> values) {
  std::vector<std::uint64_t> bits;
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

template <typename Logit>
Scanned scan_plainly(const Scan<Logit>& s) {
  Scanned result;
  std::vector<double> sums(16), terms;
  for (std::size_t i = 0; i < s.n; ++i) {
    const double term = math::exp((s.logits[i] - s.max) / s.temperature);
    sums[i % 16] += term;
    if (s.logits[i] < s.bound) continue;
    result.ids.push_back(static_cast<int>(i));
    terms.push_back(term);
  }
  result.sums = bits_of(sums);
  result.terms = bits_of(terms);
  return result;
}

template <typename Logit>
Scanned scan_by(std::size_t (*scan)(const Scan<Logit>*), Scan<Logit> s) {
  std::vector<double> sums(16), terms(s.n + 16);
  std::vector<int> ids(s.n + 16);
  s.sums = sums.data();
  s.ids = ids.data();
  s.terms = terms.data();
  const std::size_t count = scan(&s);
  ids.resize(count);
  return {bits_of(sums), bits_of({terms.data(), count}), ids};
}

template <typename Logit>
bool same(std::size_t (*scan)(const Scan<Logit>*), const std::vector<Logit>& logits,
          double temperature, double bound) {
  const double max = *std::max_element(logits.begin(), logits.end());
  const Scan<Logit> s = {logits.data(), logits.size(), max,     temperature,
                         bound,         nullptr,       nullptr, nullptr};
  const Scanned got = scan_by(scan, s), expected = scan_plainly(s);
  return got.sums == expected.sums && got.terms == expected.terms && got.ids == expected.ids;
}

class SamplerScanTest : public testing::TestWithParam<Target> {};

TEST_P(SamplerScanTest, HasTheBitsOfPlainLoops) {
  const PackedOps& ops = *GetParam().ops;
  Dice dice(1401);
  for (int round = 0; round < 600; ++round) {
    const double spread = dice.chance(0.2) ? 2000 : 20;
    std::vector<float> logits = dice.floats(dice.between(1, 200), -spread, spread);
    for (float& logit : logits) {
      if (dice.chance(0.1)) logit = -kInf;
    }
    logits[dice.below(logits.size())] = static_cast<float>(spread);
    const double temperatures[] = {1, 0.8, dice.real(0.1, 3), 1e-300, 1e300};
    const double temperature = temperatures[dice.below(5)];
    const double lowest = std::numeric_limits<double>::lowest();
    const double bound = dice.chance(0.3) ? lowest : dice.real(-spread, spread);
    ASSERT_TRUE(same(ops.scan_floats, logits, temperature, bound)) << "round " << round;
    const std::vector<double> wide(logits.begin(), logits.end());
    ASSERT_TRUE(same(ops.scan_doubles, wide, temperature, bound)) << "round " << round;
  }
}

// Every part of exp's range, also where results become subnormal and then 0.
TEST_P(SamplerScanTest, ExpIsThatOfMath) {
  const PackedOps& ops = *GetParam().ops;
  std::vector<double> logits = {0};
  for (int i = 0; i < 60000; ++i) logits.push_back(-i * 0.0125 - 1e-5 * (i % 7));
  for (int i = 0; i < 4000; ++i) logits.push_back(-744 - i * 0.0005);
  EXPECT_TRUE(same(ops.scan_doubles, logits, 1, -1e300));
}

// The sum of few terms shows the error of each, that of many how little it grows.
TEST_P(SamplerScanTest, SplitsByABoundAndSumsTheRest) {
  const PackedOps& ops = *GetParam().ops;
  Dice dice(1403);
  for (int round = 0; round < 2000; ++round) {
    const double spread = dice.chance(0.5) ? 16 : dice.real(0.01, 200);
    std::vector<float> logits = dice.floats(dice.chance(0.7) ? 2 : 3000, -spread, spread);
    if (dice.chance(0.2)) logits[dice.below(logits.size())] = -kInf;
    const float max = *std::max_element(logits.begin(), logits.end());
    const double temperature = dice.chance(0.5) ? 1 : dice.real(0.1, 3);
    const float bound = dice.chance(0.3) ? max : static_cast<float>(dice.real(-spread, spread));
    std::vector<int> ids(logits.size()), expected;
    double rest = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (logits[i] >= bound) {
        expected.push_back(static_cast<int>(i));
      } else {
        rest += math::exp((static_cast<double>(logits[i]) - max) / temperature);
      }
    }
    Split split = {logits.data(), logits.size(), max,         static_cast<float>(1 / temperature),
                   bound,         ids.data(),    std::nan("")};
    ids.resize(ops.split(&split));
    ASSERT_EQ(ids, expected);
    ASSERT_NEAR(split.rest, rest, kRestError * rest + 1e-12) << "round " << round;
  }
}

TEST_P(SamplerScanTest, MaximaOfBlocks) {
  const PackedOps& ops = *GetParam().ops;
  Dice dice(1402);
  for (int round = 0; round < 300; ++round) {
    std::vector<float> x = dice.floats(dice.below(1000), -5, 5);
    if (!x.empty() && dice.chance(0.3)) x[dice.below(x.size())] = -kInf;
    std::vector<float> maxima(n_maxima(x.size())), expected(maxima.size(), -kInf);
    for (std::size_t i = 0; i < x.size(); ++i) {
      expected[i / kMaximaBlock] = std::max(expected[i / kMaximaBlock], x[i]);
    }
    ASSERT_TRUE(ops.block_maxima(x.data(), x.size(), maxima.data()));
    ASSERT_EQ(maxima, expected);
    if (x.empty()) continue;
    float& bad = x[dice.below(x.size())];
    bad = dice.chance(0.5) ? kInf : std::nanf("");
    ASSERT_FALSE(ops.block_maxima(x.data(), x.size(), maxima.data()));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, SamplerScanTest, testing::ValuesIn(all_targets()), target_name);

}  // namespace
}  // namespace tokenwalk
