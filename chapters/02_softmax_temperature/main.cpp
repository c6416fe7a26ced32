// Chapter 2: from logits to probabilities. Nine words that may follow the book's prompt: why the
// softmax subtracts the maximum, and what the temperature does to 1,000 draws.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "chapters/02_softmax_temperature/draw.h"
#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/02_softmax_temperature/program/figures.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "lib/base/math.h"
#include "lib/base/program_flags.h"
#include "lib/base/rng.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

const double kTemperatures[] = {0, 0.5, 1, 2};
const float kShifts[] = {0, 77, -200};  // added to every logit
const double kTiny = 0.003;             // a temperature at which probabilities underflow
const int kSeed = 42, kDraws = 1000, kShown = 8, kBar = 16;  // kBar: length of a bar

// One column of a table: a title and a cell for each of the nine words.
struct Column {
  std::string title;
  std::vector<std::string> cells;
};

void print_table(const std::string& heading, const std::vector<Column>& columns, int width) {
  std::printf("\n== %s\n%-6s", heading.c_str(), "");
  for (const Column& column : columns) std::printf("  %*s", width, column.title.c_str());
  for (std::size_t i = 0; i < kNine; ++i) {
    std::printf("\n%-6s", kNineWords[i]);
    for (const Column& column : columns) std::printf("  %*s", width, column.cells[i].c_str());
  }
  std::printf("\n");
}

std::string show(double x, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, x);
  return std::isnan(x) ? "NaN" : text;
}

template <typename Numbers>
Column numbers(const std::string& title, const Numbers& values, int decimals = 4) {
  Column column{title, {}};
  for (const auto x : values) column.cells.push_back(show(static_cast<double>(x), decimals));
  return column;
}

Column bars(const std::string& title, const std::vector<double>& probs) {
  Column column{title, {}};
  for (const double p : probs) {
    column.cells.emplace_back(kBar, '.');
    std::fill_n(column.cells.back().begin(), std::lround(p * kBar), '#');
  }
  return column;
}

std::vector<float> shifted_logits(float shift) {
  std::vector<float> logits(kNineLogits, kNineLogits + kNine);
  for (float& logit : logits) logit += shift;
  return logits;
}

double u_at(int position) {
  return uniform_draw(kSeed, 0, static_cast<std::uint64_t>(position));
}

std::vector<int> count_draws(const std::vector<double>& probs) {
  std::vector<int> counts(probs.size());
  for (int t = 0; t < kDraws; ++t) ++counts[static_cast<std::size_t>(draw(probs, u_at(t)))];
  return counts;
}

void run(const ProgramFlags& flags) {
  if (flags.has("--figures")) {
    write_figure(flags.text("--figures", ""), "temperature.svg", draw_temperatures());
    return;
  }
  std::printf("The prompt: \"%s\"\n", kPrompt);
  //! [02-main-1]
  std::string heading = "1. Two softmaxes, logits shifted by";
  std::vector<Column> columns = {numbers("logit", shifted_logits(0))};
  for (const float shift : kShifts) {
    heading += " " + show(shift, 0);
    columns.push_back(numbers("naive", softmax_overflowing(shifted_logits(shift))));
    columns.push_back(numbers("stable", softmax(shifted_logits(shift))));
  }
  print_table(heading, columns, 7);
  //! [02-main-1]

  //! [02-main-2]
  const std::vector<float> logits = shifted_logits(0);
  std::vector<Column> tables[3];  // probabilities, bars, counts
  for (const double temperature : kTemperatures) {
    const std::string title = "T = " + show(temperature, 1);
    const std::vector<double> probs = softmax(logits, temperature);
    tables[0].push_back(numbers(title, probs));
    tables[1].push_back(bars(title, probs));
    tables[2].push_back(numbers(title, count_draws(probs), 0));
  }
  print_table("2. Probabilities at four temperatures", tables[0], 7);
  //! [02-main-2]
  //! [02-main-3]
  print_table("3. The same as bars", tables[1], kBar);
  //! [02-main-3]
  //! [02-main-4]
  print_table("4. Counts of 1,000 draws", tables[2], 7);
  //! [02-main-4]

  //! [02-main-5]
  std::printf("\n== 5. The first draws\nposition       u");
  for (const Column& column : tables[0]) std::printf("  %s", column.title.c_str());
  for (int t = 0; t < kShown; ++t) {
    std::printf("\n%8d  %.4f", t, u_at(t));
    for (const double T : kTemperatures) {
      std::printf("  %7s", kNineWords[draw(softmax(logits, T), u_at(t))]);
    }
  }
  //! [02-main-5]
  std::printf("\n");
  //! [02-main-6]
  std::vector<double> logs = softmax(logits, kTiny);
  for (double& p : logs) p = math::log(p);
  columns = {numbers("log(softmax)", logs), numbers("log_softmax", log_softmax(logits, kTiny))};
  print_table("6. Logarithms at temperature " + show(kTiny, 3), columns, 12);
  //! [02-main-6]
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, {tokenwalk::figures_flag()}, tokenwalk::run);
}
