#include <cmath>

#include "lib/base/check.h"
#include "lib/kernels/cuda/attend.h"
#include "lib/kernels/cuda/cuda_kv.h"
#include "tests/cuda/device_test.h"
#include "tests/kernels/attention_case.h"

namespace tokenwalk {
namespace {

AttentionShape pick_shape() {
  AttentionShape shape;
  shape.n_kv_heads = pick("K/V heads", 1, 3);
  shape.n_heads = shape.n_kv_heads * pick("query heads per K/V head", 1, 10);
  shape.head_dim = 2 * pick("half of head_dim", 1, 40);
  return shape;
}

class DeviceAttention : public DeviceTest {
 protected:
  std::string find_difference(const AttentionCase& c) const {
    return difference(c.shape.q_size(), attend(reference(), c, *fill_kv(reference(), c)),
                      attend(kernels(), c, *fill_kv(kernels(), c)));
  }
};

TEST_P(DeviceAttention, EqualsTheReference) {
  check_property(60, [&] {
    const AttentionShape shape = pick_shape();
    const std::size_t n_positions = pick("positions", 1, 70), n_rows = pick("rows", 1, 30);
    const Numbers kind = pick_kind();
    Dice dice = pick_dice();
    AttentionCase c = draw_case(shape, n_positions, n_rows, kind, dice);
    c.type = *rc::gen::element(KvType::kF32, KvType::kF16, KvType::kBF16);
    const std::string found = find_difference(c);
    RC_ASSERT(found == "");
  });
}

// Across the borders of 32, 64 and 256 positions, few rows and tiles.
TEST_P(DeviceAttention, EqualsTheReferenceAtBorders) {
  Dice dice(8);
  for (const std::size_t n : {1, 31, 32, 33, 63, 64, 65, 255, 256, 257, 512, 513, 600}) {
    for (const AttentionShape shape : {AttentionShape{9, 1, 16}, {2, 2, 6}, {4, 2, 66}}) {
      for (const std::size_t n_rows : {3, 18}) {
        const AttentionCase c = draw_case(shape, n, n_rows, Numbers::kOrdinary, dice);
        EXPECT_EQ(find_difference(c), "")
            << n << " positions, " << n_rows << " rows, " << shape.n_heads << " heads over "
            << shape.n_kv_heads << " of " << shape.head_dim;
      }
    }
  }
  for (const AttentionShape shape : {AttentionShape{2, 1, 256}, {1, 1, 300}, {70, 1, 8}}) {
    EXPECT_EQ(find_difference(draw_case(shape, 40, 2, Numbers::kOrdinary, dice)), "");
    EXPECT_EQ(find_difference(draw_case(shape, 40, 20, Numbers::kOrdinary, dice)), "");
  }
}

// NaN and inf behind a row's position must not reach it: masked, never multiplied by zero.
TEST_P(DeviceAttention, WhatComesLaterDoesNotMatter) {
  Dice dice(9);
  for (const std::size_t last : {0, 1, 14, 31, 32, 40, 63, 64, 254, 255, 256}) {
    for (const std::size_t n_rows : {2, 17}) {
      const AttentionCase c = draw_case({4, 2, 12}, last + 1, n_rows, Numbers::kOrdinary, dice);
      const std::vector<float> expected = attend(reference(), c, *fill_kv(reference(), c));
      for (const float poison : {std::nanf(""), INFINITY, -INFINITY, 3e38f}) {
        const auto kv = fill_kv(kernels(), c);
        const std::vector<float> row(c.shape.kv_size(), poison);
        for (std::size_t t = last + 1; t < last + 40; ++t) {
          kernels().kv_write(*kv, t, row.data(), row.data());
        }
        EXPECT_EQ(difference(c.shape.q_size(), expected, attend(kernels(), c, *kv)), "")
            << "last " << last << ", " << n_rows << " rows, " << poison;
      }
    }
  }
}

// A tile's rows see different numbers of positions, and what lies between may be broken.
TEST_P(DeviceAttention, RowsOfATileSeeTheirOwnPositions) {
  Dice dice(10);
  AttentionCase c = draw_case({3, 1, 20}, 100, 40, Numbers::kOrdinary, dice);
  for (std::size_t r = 0; r < c.positions.size(); ++r) c.positions[r] = 60 + r;
  c.keys[81].assign(c.shape.kv_size(), NAN);
  c.values[90].assign(c.shape.kv_size(), INFINITY);
  EXPECT_EQ(find_difference(c), "");
}

TEST_P(DeviceAttention, RowsMayHaveTheirOwnKv) {
  Dice dice(11);
  for (const std::size_t n_rows : {1, 9}) {
    const AttentionShape shape = {6, 2, 20};
    std::vector<AttentionCase> cases;
    std::vector<std::unique_ptr<LayerKv>> kv;
    std::vector<float> expected, got(4 * n_rows * shape.q_size());
    std::vector<AttendRow> rows;
    for (std::size_t i = 0; i < 4; ++i) {
      cases.push_back(draw_case(shape, 1 + 90 * i, n_rows, Numbers::kOrdinary, dice));
      kv.push_back(fill_kv(kernels(), cases[i]));
      const auto alone = attend(reference(), cases[i], *fill_kv(reference(), cases[i]));
      expected.insert(expected.end(), alone.begin(), alone.end());
    }
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t r = 0; r < n_rows; ++r) {
        rows.push_back({cases[i].q.data() + r * shape.q_size(), kv[i].get(), cases[i].positions[r],
                        got.data() + (i * n_rows + r) * shape.q_size()});
      }
    }
    kernels().attend(shape, rows);
    EXPECT_EQ(difference(shape.q_size(), expected, got), "");
  }
}

// Cut into launches of few scores: the same plan, the same bits.
TEST_P(DeviceAttention, PlansKeepWithinTheirScores) {
  const cuda::KvShape shape = {4, 2, 8};
  std::vector<std::uint32_t> positions;
  std::vector<const void*> sequences;
  for (std::uint32_t r = 0; r < 100; ++r) {
    positions.push_back(200 + r);
    sequences.push_back(r < 70 ? &positions : nullptr);
  }
  const cuda::AttendPlan plan = cuda::plan_attention(shape, positions, sequences, 80 * 4 * 512);
  std::uint32_t rows = 0, tiles = 0;
  for (const cuda::AttendBatch& batch : plan.batches) {
    EXPECT_EQ(batch.first_row, rows);
    EXPECT_EQ(batch.first_tile, tiles);
    EXPECT_LE(std::size_t{batch.n_rows} * 4 * batch.stride, 80u * 4 * 512);
    for (std::uint32_t i = 0; i < batch.n_tiles; ++i) {
      const cuda::AttendTile& tile = plan.tiles[tiles + i];
      EXPECT_LE(tile.n_rows, 32u);
      EXPECT_EQ(tile.least_position, positions[rows]);
      rows += tile.n_rows;
      EXPECT_EQ(tile.largest_position, positions[rows - 1]);
      EXPECT_EQ(sequences[rows - 1], sequences[rows - tile.n_rows]);
    }
    tiles += batch.n_tiles;
  }
  EXPECT_EQ(rows, 100u);
  EXPECT_GT(plan.batches.size(), 1u);
}

// ---- what is stored --------------------------------------------------------------------------

TEST_P(DeviceAttention, ReadsWhatWasWrittenLast) {
  Dice dice(12);
  const AttentionCase old = draw_case({4, 2, 10}, 300, 1, Numbers::kOrdinary, dice);
  const AttentionCase c = draw_case({4, 2, 10}, 300, 1, Numbers::kSpecial, dice);
  const auto kv = fill_kv(kernels(), old);
  const auto fork = kernels().kv_fork(*kv);
  for (std::size_t t = 150; t < 300; ++t) {
    kernels().kv_write(*kv, t, c.keys[t].data(), c.values[t].data());
  }
  std::vector<float> k(c.shape.kv_size()), v(c.shape.kv_size());
  for (std::size_t t = 0; t < 300; ++t) {
    const AttentionCase& source = t < 150 ? old : c;
    kernels().kv_read(*kv, t, k.data(), v.data());
    ASSERT_EQ(difference(10, source.keys[t], k), "");
    ASSERT_EQ(difference(10, source.values[t], v), "");
    kernels().kv_read(*fork, t, k.data(), v.data());  // it keeps what it had
    ASSERT_EQ(difference(10, old.keys[t], k), "");
    ASSERT_EQ(difference(10, old.values[t], v), "");
  }
  EXPECT_EQ(kv->bytes(), 2 * kKvBlock * 2 * (12 + 10) * sizeof(float));  // keys in whole quads
}

TEST_P(DeviceAttention, BlocksStartAsZeros) {
  const AttentionShape shape = {4, 2, 10};
  const auto kv = kernels().kv_create(shape, KvType::kF32);
  std::vector<float> k(shape.kv_size(), 1), v = k;
  kernels().kv_write(*kv, 0, k.data(), v.data());
  kernels().kv_read(*kv, kKvBlock - 1, k.data(), v.data());
  EXPECT_EQ(k, std::vector<float>(shape.kv_size()));
  EXPECT_EQ(v, std::vector<float>(shape.kv_size()));
}

TEST_P(DeviceAttention, PositionsWithoutRoomAreRefused) {
  const AttentionShape shape = {2, 1, 4};
  std::vector<float> numbers(8);
  const auto kv = kernels().kv_create(shape, KvType::kF32);
  EXPECT_THROW(kernels().kv_write(*kv, 1, numbers.data(), numbers.data()), CheckFailure);
  EXPECT_THROW(kernels().kv_read(*kv, 0, numbers.data(), numbers.data()), CheckFailure);
  const AttendRow row = {numbers.data(), kv.get(), 0, numbers.data()};
  EXPECT_THROW(kernels().attend(shape, {&row, 1}), CheckFailure);
}

INSTANTIATE_TEST_SUITE_P(On, DeviceAttention, testing::ValuesIn(all_devices()), device_name);

}  // namespace
}  // namespace tokenwalk
