// What chapter 04 shows of a row of logits.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "chapters/04_transformer/show.h"

namespace tokenwalk {
namespace {

TEST(Ch04Show, BestIdsAreInOrder) {
  EXPECT_EQ(best_ids(std::vector<float>{1, 3, 2, 3, -INFINITY}, 4), (std::vector<int>{1, 3, 2, 0}));
  EXPECT_EQ(best_ids(std::vector<float>{1, 3}, 5), (std::vector<int>{1, 0})) << "no more than all";
}

TEST(Ch04Show, BestIdsPutNanLast) {
  const std::vector<float> logits = {NAN, 1, NAN, -INFINITY, 2, NAN, INFINITY};
  EXPECT_EQ(best_ids(logits, 7), (std::vector<int>{6, 4, 1, 3, 0, 2, 5}));
  EXPECT_EQ(best_ids(logits, 2), (std::vector<int>{6, 4}));
}

}  // namespace
}  // namespace tokenwalk
