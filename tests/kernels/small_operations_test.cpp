#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "lib/base/exp_constants.h"
#include "lib/base/math.h"
#include "tests/kernels/exact_test.h"

namespace tokenwalk {
namespace {

class SmallOperationsTest : public ExactTest {
 protected:
  std::string rmsnorm_difference(std::size_t n, std::size_t n_rows, std::size_t n_threads,
                                 Numbers kind, Dice& dice) const {
    const std::vector<float> x = draw_numbers(dice, n * n_rows, kind);
    const std::vector<float> weight = draw_numbers(dice, n, kind);
    const float eps = dice.chance(0.5) ? 1e-5f : 1e-6f;
    std::vector<float> expected(x.size()), got(x.size()), in_place = x;
    reference().rmsnorm(x.data(), weight, eps, n_rows, expected.data());
    kernels(n_threads).rmsnorm(x.data(), weight, eps, n_rows, got.data());
    kernels(n_threads).rmsnorm(in_place.data(), weight, eps, n_rows, in_place.data());
    const std::string found = difference(n_threads, n, expected, got);
    return found.empty() ? difference(n_threads, n, expected, in_place) : found;
  }

  // Of an operation (a, b, n) on n numbers in place: silu_gate and add.
  template <typename Operation>
  std::string pair_difference(Operation operation, std::size_t n, std::size_t n_threads,
                              Numbers kind, Dice& dice) const {
    std::vector<float> expected = draw_numbers(dice, n, kind), got = expected;
    const std::vector<float> other = draw_numbers(dice, n, kind);
    operation(reference(), expected.data(), other.data(), n);
    operation(kernels(n_threads), got.data(), other.data(), n);
    return difference(n_threads, n, expected, got);
  }
};

void silu_gate(const KernelSet& set, float* gate, const float* up, std::size_t n) {
  set.silu_gate(gate, up, n);
}

void add(const KernelSet& set, float* x, const float* y, std::size_t n) {
  set.add(x, y, n);
}

TEST_P(SmallOperationsTest, RmsnormEqualsTheReference) {
  check_property(300, [&] {
    const std::size_t n = pick("numbers", 1, 300), n_rows = pick("rows", 1, 20);
    const std::size_t n_threads = pick("threads", 1, 4);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::string found = rmsnorm_difference(n, n_rows, n_threads, kind, dice);
    RC_ASSERT(found == "");
  });
  Dice dice(5);
  EXPECT_EQ(rmsnorm_difference(40, 600, 3, Numbers::kOrdinary, dice), "");  // parts for threads
  EXPECT_EQ(rmsnorm_difference(9001, 3, 2, Numbers::kOrdinary, dice), "");
}

TEST_P(SmallOperationsTest, RotateEqualsTheReference) {
  check_property(300, [&] {
    const std::size_t half = pick("half of head_dim", 1, 150), n_heads = pick("heads", 1, 8);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::vector<float> cosines = draw_numbers(dice, half, kind);
    const std::vector<float> sines = draw_numbers(dice, half, kind);
    std::vector<float> expected = draw_numbers(dice, n_heads * 2 * half, kind), got = expected;
    reference().rotate(expected.data(), n_heads, 2 * half, {cosines.data(), sines.data()});
    kernels(1).rotate(got.data(), n_heads, 2 * half, {cosines.data(), sines.data()});
    const std::string found = difference(1, 2 * half, expected, got);
    RC_ASSERT(found == "");
  });
}

TEST_P(SmallOperationsTest, SiluGateEqualsTheReference) {
  check_property(300, [&] {
    const std::size_t n = pick("numbers", 1, 300), n_threads = pick("threads", 1, 4);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::string found = pair_difference(silu_gate, n, n_threads, kind, dice);
    RC_ASSERT(found == "");
  });
  Dice dice(6);
  EXPECT_EQ(pair_difference(silu_gate, 50003, 4, Numbers::kSpecial, dice), "");
}

TEST_P(SmallOperationsTest, AddEqualsTheReference) {
  check_property(300, [&] {
    const std::size_t n = pick("numbers", 1, 300), n_threads = pick("threads", 1, 4);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    const std::string found = pair_difference(add, n, n_threads, kind, dice);
    RC_ASSERT(found == "");
  });
  Dice dice(7);
  EXPECT_EQ(pair_difference(add, 50003, 4, Numbers::kSpecial, dice), "");
}

// ---- exp over f32x16 against math::exp -------------------------------------------------------

class VectorExpTest : public testing::TestWithParam<Target> {
 protected:
  void expect_exp_of(const std::vector<float>& x) const {
    std::vector<float> got = x, expected = x;
    GetParam().ops->exp(got.data(), got.size());
    for (float& e : expected) e = math::exp(e);
    const std::string found = describe_difference(GetParam().name, 1, expected, got);
    ASSERT_EQ(found, "") << "first x: " << show_bits(x.front());
  }
};

TEST_P(VectorExpTest, EqualsExpOverAllFloats) {
  constexpr std::uint64_t kStep = 509;  // every 509th, in parts of 4,096
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits <= 0xFFFFFFFF; bits += kStep) {
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    if (x.size() < 4096) continue;
    ASSERT_NO_FATAL_FAILURE(expect_exp_of(x));
    x.clear();
  }
  expect_exp_of(x);
}

TEST_P(VectorExpTest, EqualsExpWhereItChanges) {
  std::vector<float> x = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, -NAN};
  for (const float edge :
       {exp_constants::kSmallest, exp_constants::kLargest, 88.722839f, -104.0f}) {
    const auto middle = std::bit_cast<std::uint32_t>(edge);
    for (std::uint32_t bits = middle - 2000; bits <= middle + 2000; ++bits) {
      x.push_back(std::bit_cast<float>(bits));
    }
  }
  for (int n = -300; n <= 300; ++n) x.push_back(static_cast<float>(n) * 0.34657359f);  // ln 2 / 2
  expect_exp_of(x);
}

INSTANTIATE_TEST_SUITE_P(Targets, SmallOperationsTest, testing::ValuesIn(all_targets()),
                         target_name);
INSTANTIATE_TEST_SUITE_P(Targets, VectorExpTest, testing::ValuesIn(all_targets()), target_name);

}  // namespace
}  // namespace tokenwalk
