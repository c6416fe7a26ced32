#include "chapters/04_transformer/program/figures.h"

#include "lib/base/format.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

constexpr double kLeft = 110, kTop = 50, kCell = 54;  // in pixels

// The label of a token without its leading space.
std::string word(const std::string& label) {
  return label.starts_with(' ') ? label.substr(1) : label;
}

}  // namespace

std::string draw_attention(std::span<const float> weights, const std::vector<std::string>& labels) {
  const std::size_t n = labels.size();
  const double size = kCell * static_cast<double>(n);
  Svg svg(kLeft + size + 10, kTop + size + 10,
          "How much each token takes of those before it: a row for each query, a column for each "
          "key; above the diagonal there is nothing");
  svg.text(kLeft, 16, "key");
  svg.text(10, kTop - 8, "query");
  for (std::size_t t = 0; t < n; ++t) {
    const double y = kTop + kCell * static_cast<double>(t);
    svg.text(kLeft + kCell * (static_cast<double>(t) + 0.5), kTop - 8, word(labels[t]), "middle");
    svg.text(kLeft - 8, y + kCell / 2 + 4, word(labels[t]), "end");
    for (std::size_t j = 0; j <= t; ++j) {
      const double x = kLeft + kCell * static_cast<double>(j);
      const float weight = weights[t * n + j];
      svg.box(
          x, y, kCell - 2, kCell - 2, "series0",
          format("%s takes %.4f of %s", word(labels[t]).c_str(), weight, word(labels[j]).c_str()),
          0.06 + 0.4 * weight);
      svg.text(x + kCell / 2 - 1, y + kCell / 2 + 4, format("%.2f", weight), "middle");
    }
  }
  return svg.str();
}

}  // namespace tokenwalk
