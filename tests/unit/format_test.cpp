#include "lib/base/format.h"

#include <gtest/gtest.h>

#include <cmath>

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

TEST(FormatNumber, IsTheShortestTextThatReadsBack) {
  for (const auto& [value, text] : {std::pair<double, const char*>{0.1, "0.1"},
                                    {2, "2"},
                                    {-0.5, "-0.5"},
                                    {1.0000001, "1.0000001"},
                                    {0.1 + 0.2, "0.30000000000000004"},
                                    {1e300, "1e+300"},
                                    {INFINITY, "inf"},
                                    {-INFINITY, "-inf"}}) {
    EXPECT_EQ(format_number(value), text);
  }
  EXPECT_EQ(format_number(NAN).substr(0, 3), "nan");
}

}  // namespace
}  // namespace tokenwalk
