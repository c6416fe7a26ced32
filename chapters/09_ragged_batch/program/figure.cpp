#include "chapters/09_ragged_batch/program/figure.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"

namespace tokenwalk {
namespace {

constexpr double kLeft = 70, kTop = 20, kWidth = 540, kHeight = 300;  // of the plot, in pixels
const char* const kColours[] = {"#1f77b4", "#d95f02", "#1b9e77", "#7570b3"};

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

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return format("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor,
                text.c_str());
}

std::string draw_axes(const Axis& x, const Axis& y) {
  std::string svg;
  for (double value = 0; value <= x.end * 1.001; value += x.step) {
    const double at = kLeft + value / x.end * kWidth;
    svg += text_at(at, kTop + kHeight + 20, "middle", format("%.6g", value));
  }
  for (double value = 0; value <= y.end * 1.001; value += y.step) {
    const double at = kTop + kHeight - value / y.end * kHeight;
    svg += format("<path d=\"M%.0f %.1fh%.0f\" stroke=\"#8884\"/>\n", kLeft, at, kWidth);
    svg += text_at(kLeft - 8, at + 4, "end", format("%.4g", value));
  }
  return svg;
}

std::string draw_curve(const Curve& curve, const char* colour, const Axis& x, const Axis& y) {
  std::string path;
  double end_x = 0, end_y = 0;
  for (const auto& [value, height] : curve.points) {
    end_x = kLeft + value / x.end * kWidth;
    end_y = kTop + kHeight - height / y.end * kHeight;
    path += format("%s%.1f %.1f", path.empty() ? "M" : "L", end_x, end_y);
  }
  return format("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", path.c_str(),
                colour) +
         format("<g fill=\"%s\">", colour) + text_at(end_x, end_y - 8, "end", curve.label) +
         "</g>\n";
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
  std::string svg = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
      "aria-label=\"%s over %s\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#888\">\n",
      kLeft + kWidth + 30, kTop + kHeight + 50, y_label.c_str(), x_label.c_str());
  svg += draw_axes(x, y);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    svg += draw_curve(curves[i], kColours[i % std::size(kColours)], x, y);
  }
  svg += text_at(kLeft + kWidth / 2, kTop + kHeight + 42, "middle", x_label);
  return svg + text_at(kLeft, kTop - 6, "start", y_label) + "</svg>\n";
}

}  // namespace tokenwalk
