#include "chapters/02_softmax_temperature/program/figures.h"

#include <algorithm>
#include <array>
#include <vector>

#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "lib/base/format.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

constexpr std::array<double, 3> kTemperatures = {0.5, 1, 2};
constexpr double kLeft = 50, kTop = 20, kHeight = 220, kGroup = 68, kBar = 18;  // in pixels
constexpr double kWidth = kNine * kGroup, kTallest = 0.8;                       // a probability

void draw_axis(Svg& svg) {
  for (int tenths = 0; tenths <= 8; tenths += 2) {
    const double y = kTop + kHeight * (1 - tenths / 10.0 / kTallest);
    svg.line({{kLeft, y}, {kLeft + kWidth, y}}, "grid");
    svg.text(kLeft - 6, y + 4, format("%.1f", tenths / 10.0), "end");
  }
}

}  // namespace

std::string draw_temperatures() {
  Svg svg(kLeft + kWidth + 10, kTop + kHeight + 60,
          "Probabilities of the nine words at temperatures 0.5, 1 and 2: the higher the "
          "temperature, the more alike the bars");
  draw_axis(svg);
  for (std::size_t series = 0; series < kTemperatures.size(); ++series) {
    const std::vector<double> probs = softmax(kNineLogits, kTemperatures[series]);
    const std::string kind = format("series%zu", series);
    for (std::size_t i = 0; i < probs.size(); ++i) {
      const double x =
          kLeft + kGroup * static_cast<double>(i) + 6 + kBar * static_cast<double>(series);
      const double height = kHeight * std::min(probs[i] / kTallest, 1.0);
      svg.box(x, kTop + kHeight - height, kBar - 2, height, kind,
              format("%s at T = %.1f: %.4f", kNineWords[i], kTemperatures[series], probs[i]));
    }
    const double x = kLeft + 120 * static_cast<double>(series);
    svg.box(x, kTop + kHeight + 38, 12, 12, kind, "");
    svg.text(x + 18, kTop + kHeight + 49, format("T = %.1f", kTemperatures[series]));
  }
  for (int i = 0; i < kNine; ++i) {
    svg.text(kLeft + kGroup * (i + 0.5), kTop + kHeight + 18, kNineWords[i] + 1, "middle");
  }
  return svg.str();
}

}  // namespace tokenwalk
