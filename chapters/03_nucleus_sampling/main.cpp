// Chapter 3: which of the nine words may be drawn. The cuts side by side, known-wrong versions
// beside the right ones, 1,000 draws before and after, and the ends of it all.
#include <cmath>
#include <cstdio>
#include <numeric>
#include <vector>

#include "chapters/02_softmax_temperature/draw.h"
#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/03_nucleus_sampling/nucleus.h"
#include "chapters/03_nucleus_sampling/program/figures.h"
#include "lib/base/error.h"
#include "lib/base/program_flags.h"
#include "lib/base/rng.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

const double kP = 0.8, kMinP = 0.1, kHot = 2;  // kHot: a high temperature
const std::vector<double> kWeights = {0, 0.5, 0, 0.3, 0.2, 0};
const int kK = 3, kDraws = 1000, kSeed = 42;

// One column of a table: a title and a number for each id.
struct Column {
  const char* title;
  std::vector<double> values;
};

Column probs(const char* title, const Candidates& candidates) {
  Column column{title, std::vector<double>(kNine)};
  for (const Candidate& c : candidates) column.values[static_cast<std::size_t>(c.id)] = c.prob;
  return column;
}

Column draws(const char* title, const Candidates& candidates) {
  Column column{title, std::vector<double>(kNine)};
  for (std::uint64_t t = 0; t < kDraws; ++t) {
    const int id = draw_candidate(candidates, uniform_draw(kSeed, 0, t));
    ++column.values[static_cast<std::size_t>(id)];
  }
  return column;
}

// Rows: the words, most likely first, and the sum. decimals: 4 for probabilities, 0 for counts.
void print_table(const char* heading, const std::vector<Column>& columns, int decimals = 4) {
  const auto print = [decimals](double value) {
    value == 0 ? std::printf("%11s", "-") : std::printf("%11.*f", decimals, value);
  };
  std::printf("\n== %s\n%-6s", heading, "");
  for (const auto& [title, values] : columns) std::printf("%11s", title);
  for (const Candidate& c : make_candidates(kNineLogits)) {
    std::printf("\n%-6s", kNineWords[c.id]);
    for (const auto& [title, values] : columns) print(values[static_cast<std::size_t>(c.id)]);
  }
  std::printf("\n%-6s", " sum");
  for (const Column& c : columns) print(std::accumulate(c.values.begin(), c.values.end(), 0.0));
  std::printf("\n");
}

//! [03-main-1]
void print_nucleus(const Candidates& all) {
  const std::size_t kept = cut_nucleus(all, kP).size();
  double running = 0;
  std::printf("\n== 1. The nucleus\nword      prob  running sum\n");
  for (std::size_t i = 0; i < all.size(); ++i) {
    running += all[i].prob;
    std::printf("%-6s  %.4f       %.4f", kNineWords[all[i].id], all[i].prob, running);
    std::printf("  %s\n", i + 1 < kept ? "kept" : i + 1 == kept ? "kept: it crosses p" : "cut");
  }
}
//! [03-main-1]

// What the options leave of the logits, or the error they give.
void print_kept(const char* what, std::vector<float> logits, const SamplingOptions& options) {
  std::printf("%-20s", what);
  try {
    for (const auto& c : distribution(logits, options)) std::printf("  %d: %.4f", c.id, c.prob);
  } catch (const Error& error) {
    std::printf("  %s, found %s", error.parts().message.c_str(), error.parts().found.c_str());
  }
  std::printf("\n");
}

void run(const ProgramFlags& flags) {
  const Candidates all = make_candidates(kNineLogits), nucleus = cut_nucleus(all, kP);
  if (flags.has("--figures")) {
    write_figure(flags.text("--figures", ""), "nucleus.svg", draw_nucleus(all, kP));
    return;
  }
  const Candidates hot = apply_temperature(all, kHot), hot_nucleus = cut_nucleus(hot, kP);
  const Candidates nucleus_hot = apply_temperature(nucleus, kHot);
  std::printf("p %.1f, k %d, min_p %.1f, high temperature %.0f\n", kP, kK, kMinP, kHot);
  print_nucleus(all);
  //! [03-main-2]
  print_table("2. Three cuts", {probs("all", all), probs("top-k", cut_top_k(all, kK)),
                                probs("top-p", nucleus), probs("min-p", cut_min_p(all, kMinP))});
  //! [03-main-2]
  //! [03-main-3]
  print_table("3. The right cut and two wrong ones, the right temperature and a wrong one",
              {probs("top-p", nucleus), probs("no cross", cut_nucleus_without_crossing(all, kP)),
               probs("no renorm", cut_nucleus_without_renormalising(all, kP)), probs("T", hot),
               probs("T late", temperature_after_exp(all, kHot))});
  //! [03-main-3]
  //! [03-main-4]
  print_table("4. Temperature and top-p in both orders",
              {probs("T", hot), probs("T, top-p", hot_nucleus), probs("top-p, T", nucleus_hot)});
  //! [03-main-4]
  //! [03-main-5]
  print_table("5. Counts of 1,000 draws",
              {draws("all", all), draws("top-p", nucleus), draws("T", hot),
               draws("T, top-p", hot_nucleus), draws("top-p, T", nucleus_hot)},
              0);
  //! [03-main-5]

  //! [03-main-6]
  std::printf("\n== 6. Ties and ends: id and probability of what is kept\n");
  const std::vector<float> tied = {1, 2, 2, 2};
  print_kept("ties, top-k 2", tied, {.top_k = 2});
  print_kept("ties, top-p 0.3", tied, {.top_p = 0.3});
  print_kept("ties, min-p 1", tied, {.min_p = 1});
  print_kept("ties, temperature 0", tied, {.temperature = 0});
  print_kept("top-p 0", tied, {.top_p = 0});
  print_kept("0.8 = 0.5 + 0.3", {-0.6931472f, -1.2039728f, -1.6094379f}, {.top_p = 0.8});
  print_kept("masked", {0, -INFINITY, 0}, {});
  print_kept("top-p 2", tied, {.top_p = 2});
  //! [03-main-6]

  //! [03-main-7]
  std::printf("\n== 7. Draws with weights 0, 0.5, 0, 0.3, 0.2, 0\n");
  for (const double u : {0.0, 0.4999, 0.5, 0.8, 1 - std::ldexp(1, -53)}) {
    std::printf("u = %.4f: index %d\n", u, draw(kWeights, u));
  }
  //! [03-main-7]
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, {tokenwalk::figures_flag()}, tokenwalk::run);
}
