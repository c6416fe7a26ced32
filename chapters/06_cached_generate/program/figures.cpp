#include "chapters/06_cached_generate/program/figures.h"

#include <algorithm>

#include "chapters/06_cached_generate/generate_cached.h"
#include "lib/base/format.h"
#include "lib/draw/curves.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

constexpr double kLeft = 130, kTop = 54, kCell = 26, kRow = 18;  // in pixels

}  // namespace

std::string draw_positions(const Model& model, const std::vector<int>& prompt, int n) {
  Curve naive{"naive", {{0, 0}}}, cached{"cached", {{0, static_cast<double>(prompt.size())}}};
  for (int tokens = 4; tokens <= n; tokens += 4) {
    const GenerateOptions options = greedy_options(tokens);
    naive.points.emplace_back(
        tokens, static_cast<double>(generate_naive(model, prompt, options).evaluated));
    cached.points.emplace_back(
        tokens, static_cast<double>(generate_cached(model, prompt, options).evaluated));
  }
  return draw_curves({naive, cached}, "new tokens", "positions evaluated");
}

std::string draw_cache_layout(const Model& model, const std::vector<int>& prompt, int n) {
  KvCache cache(model);
  const Generated result = decode(model, cache, prefill(model, cache, prompt), greedy_options(n));
  const std::size_t held = cache.length(), all = prompt.size() + result.tokens.size();
  const AttentionShape& a = model.config.attention;
  const std::size_t n_rows = 2 * model.config.n_layers * a.n_kv_heads;
  const auto place = [](std::size_t t) { return kLeft + kCell * static_cast<double>(t); };
  const double bottom = kTop + kRow * static_cast<double>(n_rows);

  Svg svg(place(all) + 90, bottom + 44,
          format("The cache after %zu prompt tokens and %zu new ones: %zu positions in each of %zu "
                 "rows; the last token is in none",
                 prompt.size(), result.tokens.size(), held, n_rows));
  svg.text(place(0), 16, format("prompt: %zu", prompt.size()));
  svg.text(place(prompt.size()), 16, format("new: %zu", result.tokens.size()));
  for (std::size_t t = 0; t < all; ++t) {
    svg.text(place(t) + kCell / 2, kTop - 8, format("%zu", t), "middle");
  }
  for (std::size_t row = 0; row < n_rows; ++row) {
    const std::size_t layer = row / (2 * a.n_kv_heads), head = row / 2 % a.n_kv_heads;
    const std::string name = format("layer %zu head %zu %s", layer, head, row % 2 == 0 ? "K" : "V");
    const double y = kTop + kRow * static_cast<double>(row);
    svg.text(kLeft - 8, y + kRow - 5, name, "end");
    for (std::size_t t = 0; t < held; ++t) {
      svg.box(place(t), y, kCell - 2, kRow - 2, t < prompt.size() ? "series0" : "series2",
              format("position %zu, %s: %zu numbers", t, name.c_str(), a.head_dim));
    }
  }
  svg.text(place(held) + 2, kTop + kRow, "not fed yet", "start", "strong");
  svg.text(kLeft, bottom + 26, format("a square: %zu numbers of 4 bytes", a.head_dim));
  return svg.str();
}

}  // namespace tokenwalk
