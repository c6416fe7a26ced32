#include "lib/base/format.h"

#include <gtest/gtest.h>

namespace tokenwalk {
namespace {

TEST(Format, PutsValuesIn) {
  EXPECT_EQ(format("%-4s|%3d|%.2f", "ab", 7, 0.125), "ab  |  7|0.12");
  EXPECT_EQ(format("nothing"), "nothing");
}

TEST(Format, HasNoLongestText) {
  const std::string word(5000, 'x');
  EXPECT_EQ(format("%s and %s", word.c_str(), "end"), word + " and end");
}

}  // namespace
}  // namespace tokenwalk
