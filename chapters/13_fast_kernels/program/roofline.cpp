#include "chapters/13_fast_kernels/program/roofline.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"

namespace tokenwalk {
namespace {

constexpr double kLeft = 70, kTop = 24, kWidth = 560, kHeight = 320;  // of the plot, in pixels
constexpr double kLeastIntensity = 0.1, kMostIntensity = 1000;        // operations a byte
constexpr double kLeastOps = 1e8;

double x_at(double intensity) {
  const double part =
      std::log(intensity / kLeastIntensity) / std::log(kMostIntensity / kLeastIntensity);
  return kLeft + part * kWidth;
}

// The height of a number of operations a second below an upper end.
double y_at(double ops, double most) {
  return kTop + kHeight * (1 - std::log(ops / kLeastOps) / std::log(most / kLeastOps));
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return format("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor,
                text.c_str());
}

std::string draw_grid(double most) {
  std::string svg;
  for (double ops = kLeastOps; ops <= most * 1.001; ops *= 10) {
    const double y = y_at(ops, most);
    svg += format("<path d=\"M%.0f %.1fh%.0f\" stroke=\"#8884\"/>\n", kLeft, y, kWidth);
    svg += text_at(kLeft - 8, y + 4, "end", format("%.4g", ops / 1e9));
  }
  for (double intensity = kLeastIntensity; intensity <= kMostIntensity * 1.001; intensity *= 10) {
    svg += text_at(x_at(intensity), kTop + kHeight + 20, "middle", format("%.4g", intensity));
  }
  return svg;
}

std::string draw_limit(double bytes_per_second, double peak_ops, double most) {
  const double ridge = peak_ops / bytes_per_second;
  return format(
      "<path d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1f\" fill=\"none\" stroke=\"currentColor\" "
      "stroke-width=\"2\"/>\n",
      x_at(kLeastIntensity), y_at(bytes_per_second * kLeastIntensity, most), x_at(ridge),
      y_at(peak_ops, most), x_at(kMostIntensity), y_at(peak_ops, most));
}

// The points; those that lie too near for a line of text each share one.
std::string draw_points(const std::vector<RooflinePoint>& points, double most) {
  constexpr double kTextHeight = 13;
  struct Label {
    double x, y;
    std::string text;
  };
  std::vector<Label> labels;
  std::string svg;
  for (const RooflinePoint& point : points) {
    const double x = x_at(point.ops_per_byte), y = y_at(point.ops_per_second, most);
    svg += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#d95f02\"/>\n", x, y);
    const auto near = std::find_if(labels.begin(), labels.end(), [&](const Label& label) {
      return std::abs(label.x - x) < 1 && std::abs(label.y - y) < kTextHeight;
    });
    if (near == labels.end()) {
      labels.push_back({x, y, point.label});
    } else {
      near->text += ", " + point.label;
    }
  }
  for (const Label& label : labels) svg += text_at(label.x + 8, label.y + 4, "start", label.text);
  return svg;
}

}  // namespace

std::string draw_roofline(const std::vector<RooflinePoint>& points, double bytes_per_second,
                          double peak_ops) {
  const double most = std::pow(10, std::ceil(std::log10(peak_ops)));
  std::string svg = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
      "aria-label=\"GFLOP/s over operations a byte, below the limits of memory and arithmetic\" "
      "font-family=\"sans-serif\" font-size=\"13\" fill=\"currentColor\" color=\"#888\">\n",
      kLeft + kWidth + 40, kTop + kHeight + 52);
  svg += draw_grid(most) + draw_limit(bytes_per_second, peak_ops, most) + draw_points(points, most);
  svg += text_at(kLeft + kWidth / 2, kTop + kHeight + 42, "middle",
                 "operations for each byte of weights");
  return svg + text_at(kLeft, kTop - 8, "start", "GFLOP/s") + "</svg>\n";
}

}  // namespace tokenwalk
