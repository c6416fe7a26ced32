#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "lib/base/check.h"
#include "lib/kernels/packed/packed_kv.h"
#include "tests/kernels/attention_case.h"

namespace tokenwalk {
namespace {

AttentionShape pick_shape() {
  AttentionShape shape;
  shape.n_kv_heads = pick("K/V heads", 1, 4);
  shape.n_heads = shape.n_kv_heads * pick("query heads per K/V head", 1, 6);
  shape.head_dim = 2 * pick("half of head_dim", 1, 40);
  return shape;
}

class AttentionTest : public ExactTest {
 protected:
  std::string find_difference(const AttentionCase& c, std::size_t n_threads) const {
    const KernelSet& set = kernels(n_threads);
    return difference(n_threads, c.shape.q_size(), attend(reference(), c, *fill_kv(reference(), c)),
                      attend(set, c, *fill_kv(set, c)));
  }
};

TEST_P(AttentionTest, EqualsTheReference) {
  check_property(100, [&] {
    const AttentionShape shape = pick_shape();
    const std::size_t n_positions = pick("positions", 1, 70), n_rows = pick("rows", 1, 20);
    const std::size_t n_threads = pick("threads", 1, 4);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    AttentionCase c = draw_case(shape, n_positions, n_rows, kind, dice);
    c.type = pick_kv_type();
    const std::string found = find_difference(c, n_threads);
    RC_ASSERT(found == "");
  });
}

// Across the borders of lines of 16 positions and blocks of 256.
TEST_P(AttentionTest, EqualsTheReferenceAtBorders) {
  Dice dice(8);
  for (const std::size_t n : {1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 512, 513, 600}) {
    for (const AttentionShape shape : {AttentionShape{3, 1, 16}, {4, 4, 6}, {8, 2, 34}}) {
      AttentionCase c = draw_case(shape, n, 3, Numbers::kOrdinary, dice);
      for (const KvType type : {KvType::kF32, KvType::kF16, KvType::kBF16}) {
        c.type = type;
        EXPECT_EQ(find_difference(c, 1 + n % 4), "")
            << n << " positions, " << shape.n_heads << " heads over " << shape.n_kv_heads << " of "
            << shape.head_dim << ", " << kv_type_name(type);
      }
    }
  }
}

// NaN and inf behind a row's position must not reach it: masked, never multiplied by zero.
TEST_P(AttentionTest, WhatComesLaterDoesNotMatter) {
  check_property(60, [&] {
    const AttentionShape shape = pick_shape();
    const std::size_t last =
        *rc::gen::element<std::size_t>(0, 1, 14, 15, 16, 17, 31, 32, 40, 254, 255, 256, 257);
    const std::size_t n_threads = pick("threads", 1, 4);
    Dice dice = pick_dice();
    AttentionCase c = draw_case(shape, last + 1, 3, Numbers::kOrdinary, dice);
    c.type = pick_kv_type();
    const KernelSet& set = kernels(n_threads);
    const auto kv = fill_kv(set, c);
    for (const float poison : {std::nanf(""), INFINITY, -INFINITY, 3e38f}) {
      const std::vector<float> row(shape.kv_size(), poison);
      for (std::size_t t = last + 1; t < last + 40; ++t) {
        set.kv_write(*kv, t, row.data(), row.data());
      }
      const std::string found =
          difference(n_threads, shape.q_size(), attend(reference(), c, *fill_kv(reference(), c)),
                     attend(set, c, *kv));
      RC_ASSERT(found == "");
    }
  });
}

TEST_P(AttentionTest, RowsMayHaveTheirOwnKv) {
  Dice dice(9);
  const AttentionShape shape = {6, 2, 20};
  const KernelSet& set = kernels(3);
  std::vector<AttentionCase> cases;
  std::vector<std::unique_ptr<LayerKv>> kv;
  std::vector<float> expected, got(4 * shape.q_size());
  std::vector<AttendRow> rows;
  for (std::size_t i = 0; i < 4; ++i) {
    cases.push_back(draw_case(shape, 1 + 90 * i, 1, Numbers::kOrdinary, dice));
    kv.push_back(fill_kv(set, cases[i]));
    const auto alone = attend(reference(), cases[i], *fill_kv(reference(), cases[i]));
    expected.insert(expected.end(), alone.begin(), alone.end());
  }
  for (std::size_t i = 0; i < 4; ++i) {
    rows.push_back(
        {cases[i].q.data(), kv[i].get(), cases[i].positions[0], got.data() + i * shape.q_size()});
  }
  set.attend(shape, rows);
  EXPECT_EQ(difference(3, shape.q_size(), expected, got), "");
}

// ---- what is stored --------------------------------------------------------------------------

TEST_P(AttentionTest, ReadsWhatWasWrittenLast) {
  check_property(30, [&] {
    const AttentionShape shape = pick_shape();
    const std::size_t n = pick("positions", 1, 300);
    Dice dice = pick_dice();
    const AttentionCase old = draw_case(shape, n, 1, Numbers::kOrdinary, dice);
    AttentionCase c = draw_case(shape, n, 1, Numbers::kSpecial, dice);
    const auto kv = fill_kv(kernels(1), old);
    for (std::size_t t = n / 2; t < n; ++t) {
      kernels(1).kv_write(*kv, t, c.keys[t].data(), c.values[t].data());
    }
    std::vector<float> k(shape.kv_size()), v(shape.kv_size());
    for (std::size_t t = 0; t < n; ++t) {
      const AttentionCase& source = t < n / 2 ? old : c;
      kernels(1).kv_read(*kv, t, k.data(), v.data());
      RC_ASSERT(difference(1, shape.head_dim, source.keys[t], k) == "");
      RC_ASSERT(difference(1, shape.head_dim, source.values[t], v) == "");
    }
  });
}

TEST_P(AttentionTest, BlocksStartAsZeros) {
  const AttentionShape shape = {4, 2, 10};
  const auto kv = kernels(1).kv_create(shape, KvType::kF32);
  std::vector<float> k(shape.kv_size(), 1), v = k;
  kernels(1).kv_write(*kv, 0, k.data(), v.data());
  kernels(1).kv_read(*kv, kKvBlock - 1, k.data(), v.data());
  EXPECT_EQ(k, std::vector<float>(shape.kv_size()));
  EXPECT_EQ(v, std::vector<float>(shape.kv_size()));
}

TEST_P(AttentionTest, PositionsWithoutRoomAreRefused) {
  const AttentionShape shape = {2, 1, 4};
  const KernelSet& set = kernels(1);
  std::vector<float> numbers(8);
  const auto kv = set.kv_create(shape, KvType::kF32);
  EXPECT_THROW(set.kv_write(*kv, 1, numbers.data(), numbers.data()), CheckFailure);
  EXPECT_THROW(set.kv_read(*kv, 0, numbers.data(), numbers.data()), CheckFailure);
  const AttendRow row = {numbers.data(), kv.get(), 0, numbers.data()};
  EXPECT_THROW(set.attend(shape, {&row, 1}), CheckFailure);
}

INSTANTIATE_TEST_SUITE_P(Targets, AttentionTest, testing::ValuesIn(all_targets()), target_name);

// The formula that chapter 06 prints.
TEST(PackedKv, BytesFollowTheFormula) {
  for (const std::size_t head_dim : {2, 10, 16, 64, 128}) {
    const AttentionShape shape = {6, 3, head_dim};
    for (const KvType type : {KvType::kF32, KvType::kF16, KvType::kBF16}) {
      PackedKv kv(shape, type);
      EXPECT_EQ(kv.bytes(), 0u);
      const std::vector<float> row(shape.kv_size());
      for (std::size_t t = 0; t < 600; ++t) {
        kv.write(t, row.data(), row.data());
        const std::size_t blocks = t / kKvBlock + 1;
        ASSERT_EQ(kv.bytes(), 2 * blocks * kKvBlock * 3 * head_dim * kv_type_bytes(type)) << t;
      }
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(kv.blocks<float>()[2]) % 64, 0u);
    }
  }
}

}  // namespace
}  // namespace tokenwalk
