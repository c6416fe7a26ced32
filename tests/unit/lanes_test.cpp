#include "lib/base/lanes.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace tokenwalk {
namespace {

TEST(Lanes, AddsEverything) {
  int lane[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) lane[i] = 1 << i;
  EXPECT_EQ(tree_sum(lane), (1 << 16) - 1);
}

// The order is fixed: 2^24 + 1 is no float, so other orders give other sums.
TEST(Lanes, AddsHalvesFirst) {
  float lane[kLanes] = {};
  lane[0] = 0x1p24f;
  lane[8] = 1;  // first step: lost in lane 0
  lane[4] = 1;
  lane[12] = 1;  // first step: makes 2 in lane 4, which is not lost
  EXPECT_EQ(tree_sum(lane), 0x1p24f + 2);

  float neighbours[kLanes] = {};
  neighbours[0] = 0x1p24f;
  neighbours[1] = neighbours[2] = neighbours[3] = 1;
  EXPECT_EQ(tree_sum(neighbours), 0x1p24f + 2);  // lanes 1 and 3 meet before lane 0
}

TEST(Lanes, OrderIsTheTreeOfTheContract) {
  float lane[kLanes], copy[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) {
    copy[i] = lane[i] = 1.0f / static_cast<float>(3 * i + 1) - 0.1f;
  }
  for (std::size_t i = 0; i < 8; ++i) copy[i] += copy[i + 8];
  for (std::size_t i = 0; i < 4; ++i) copy[i] += copy[i + 4];
  const float expected = (copy[0] + copy[2]) + (copy[1] + copy[3]);
  EXPECT_EQ(tree_sum(lane), expected);
}

}  // namespace
}  // namespace tokenwalk
