#include "chapters/03_nucleus_sampling/program/figures.h"

#include "chapters/02_softmax_temperature/nine_words.h"
#include "lib/base/format.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

constexpr double kLeft = 50, kTop = 24, kHeight = 240, kStep = 66, kBar = 44;  // in pixels

double height_of(double probability) {
  return kTop + kHeight * (1 - probability);
}

}  // namespace

std::string draw_nucleus(const Candidates& candidates, double p) {
  const std::size_t kept = cut_nucleus(candidates, p).size();
  const double width = kStep * static_cast<double>(candidates.size());
  Svg svg(kLeft + width + 20, kTop + kHeight + 44,
          format("The %zu most likely of %zu words reach p = %.1f and are the nucleus", kept,
                 candidates.size(), p));
  for (int tenths = 0; tenths <= 10; tenths += 2) {
    svg.line({{kLeft, height_of(tenths / 10.0)}, {kLeft + width, height_of(tenths / 10.0)}},
             "grid");
    svg.text(kLeft - 6, height_of(tenths / 10.0) + 4, format("%.1f", tenths / 10.0), "end");
  }
  double running = 0;
  Svg::Points sums = {{kLeft, height_of(0)}};
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& c = candidates[i];
    const double x = kLeft + kStep * static_cast<double>(i);
    running += c.prob;
    svg.box(x + (kStep - kBar) / 2, height_of(c.prob), kBar, kHeight * c.prob,
            i < kept ? "series0" : "faint",
            format("%s: %.4f, running sum %.4f", kNineWords[c.id], c.prob, running));
    svg.text(x + kStep / 2, kTop + kHeight + 18, kNineWords[c.id] + 1, "middle");
    sums.emplace_back(x + kStep / 2, height_of(running));
    if (i + 1 == kept)
      svg.text(x + kStep / 2, kTop + kHeight + 36, "crosses p", "middle", "strong");
  }
  svg.line(sums, "series1");
  svg.text(kLeft + width, height_of(1) - 8, "running sum", "end");
  svg.line({{kLeft, height_of(p)}, {kLeft + width, height_of(p)}}, "mark");
  svg.text(kLeft + 4, height_of(p) - 6, format("p = %.1f", p));
  return svg.str();
}

}  // namespace tokenwalk
