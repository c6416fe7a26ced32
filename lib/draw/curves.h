#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tokenwalk {

/// A line of a figure: points (x, y), both at least 0, x ascending.
struct Curve {
  std::string label;
  std::vector<std::pair<double, double>> points;
};

/// Curves over one pair of axes that begin at 0, as an SVG file that shows well on light and on
/// dark pages. Axis numbers are round. At least one curve with at least one point that is not 0.
std::string draw_curves(const std::vector<Curve>& curves, const std::string& x_label,
                        const std::string& y_label);

}  // namespace tokenwalk
