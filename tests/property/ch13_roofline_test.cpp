// The picture of chapter 13: where its limit bends and where its points lie.

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "chapters/13_fast_kernels/program/roofline.h"

namespace tokenwalk {
namespace {

struct Spot {
  double x = 0, y = 0;
};

// The numbers that the first match of the pattern captures.
Spot spot(const std::string& svg, const std::string& pattern) {
  std::smatch found;
  if (!std::regex_search(svg, found, std::regex(pattern))) {
    ADD_FAILURE() << "no " << pattern << " in\n" << svg;
    return {};
  }
  return {std::stod(found[1]), std::stod(found[2])};
}

TEST(Ch13Roofline, APointAtBothLimitsLiesInTheBend) {
  const std::string svg = draw_roofline({{"bend", 5, 1e11}}, 2e10, 1e11);
  const Spot bend = spot(svg, "L([0-9.]+) ([0-9.]+)L"),
             point = spot(svg, "cx=\"([0-9.]+)\" cy=\"([0-9.]+)\"");
  EXPECT_NEAR(bend.x, point.x, 0.11);
  EXPECT_NEAR(bend.y, point.y, 0.11);
}

TEST(Ch13Roofline, FasterIsHigherAndMoreOperationsAByteFurtherRight) {
  const std::string a = draw_roofline({{"a", 1, 1e9}}, 2e10, 1e11);
  const std::string b = draw_roofline({{"b", 10, 1e10}}, 2e10, 1e11);
  const std::string place = "cx=\"([0-9.]+)\" cy=\"([0-9.]+)\"";
  EXPECT_LT(spot(a, place).x, spot(b, place).x);
  EXPECT_GT(spot(a, place).y, spot(b, place).y);
}

}  // namespace
}  // namespace tokenwalk
