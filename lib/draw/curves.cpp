#include "lib/draw/curves.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

constexpr double kLeft = 70, kTop = 20, kWidth = 540, kHeight = 300;  // of the plot, in pixels
constexpr std::size_t kColours = 4;

// One axis: pixels of a value, and round numbers to write beside it.
struct Axis {
  double end = 0;   // the value at its far end
  double step = 0;  // between two numbers

  explicit Axis(double largest) {
    const double power = std::pow(10, std::floor(std::log10(largest)));
    for (const double part : {0.1, 0.2, 0.5, 1.0, 2.0}) {
      step = part * power;
      if (largest / step <= 6) break;
    }
    end = std::ceil(largest / step) * step;
  }
};

void draw_axes(Svg& svg, const Axis& x, const Axis& y) {
  for (double value = 0; value <= x.end * 1.001; value += x.step) {
    const double at = kLeft + value / x.end * kWidth;
    svg.text(at, kTop + kHeight + 20, format("%.6g", value), "middle");
  }
  for (double value = 0; value <= y.end * 1.001; value += y.step) {
    const double at = kTop + kHeight - value / y.end * kHeight;
    svg.line({{kLeft, at}, {kLeft + kWidth, at}}, "grid");
    svg.text(kLeft - 8, at + 4, format("%.4g", value), "end");
  }
}

void draw_curve(Svg& svg, const Curve& curve, const std::string& kind, const Axis& x,
                const Axis& y) {
  Svg::Points points;
  for (const auto& [value, height] : curve.points) {
    points.emplace_back(kLeft + value / x.end * kWidth, kTop + kHeight - height / y.end * kHeight);
  }
  svg.line(points, kind);
  svg.text(points.back().first, points.back().second - 8, curve.label, "end");
}

}  // namespace

std::string draw_curves(const std::vector<Curve>& curves, const std::string& x_label,
                        const std::string& y_label) {
  double largest_x = 0, largest_y = 0;
  for (const Curve& curve : curves) {
    for (const auto& [x, y] : curve.points) {
      largest_x = std::max(largest_x, x);
      largest_y = std::max(largest_y, y);
    }
  }
  const Axis x(largest_x), y(largest_y);
  Svg svg(kLeft + kWidth + 30, kTop + kHeight + 50, y_label + " over " + x_label);
  draw_axes(svg, x, y);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    draw_curve(svg, curves[i], format("series%zu", i % kColours), x, y);
  }
  svg.text(kLeft + kWidth / 2, kTop + kHeight + 42, x_label, "middle");
  svg.text(kLeft, kTop - 6, y_label);
  return svg.str();
}

}  // namespace tokenwalk
