// What the right functions of chapter 04 get right, the known-wrong ones must get wrong.

#include "chapters/04_transformer/known_wrong.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/property/ch04_cases.h"

namespace tokenwalk {
namespace {

TEST(Ch04Transformer, RotaryOfNeighboursIsRejected) {
  RotaryCase test;
  rotate_head_neighbours(test.head, test.cosines, test.sines);
  EXPECT_NE(doubles(test.head), test.expected);
}

TEST(Ch04Transformer, GroupedModuloIsRejected) {
  const GroupedCase test;
  std::vector<float> out(12);
  attend_grouped_modulo(test.shape, test.q.data(), test.keys.data(), test.values.data(), 1,
                        out.data());
  EXPECT_NE(doubles(out), test.expected);
}

TEST(Ch04Transformer, AttentionThatMultipliesByZeroIsRejected) {
  const float inf = std::numeric_limits<float>::infinity();
  for (const float poison : {std::numeric_limits<float>::quiet_NaN(), inf, -inf}) {
    const LaterCase test(poison);
    std::vector<float> out(2);
    attend_head_multiplying(test.q, {test.keys.data(), 2}, {test.values.data(), 2}, 3, 4, out);
    EXPECT_TRUE(std::isnan(out[0])) << "0 times " << poison;
  }
}

}  // namespace
}  // namespace tokenwalk
