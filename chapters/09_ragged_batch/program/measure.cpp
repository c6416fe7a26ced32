#include "chapters/09_ragged_batch/program/measure.h"

#include <algorithm>
#include <fstream>

#include "chapters/01_tokenizer/prompt.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/06_cached_generate/program/timing.h"
#include "chapters/09_ragged_batch/ragged_batch.h"
#include "lib/base/check.h"
#include "lib/base/format.h"
#include "lib/draw/curves.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;

bool is_small(const Model& model) {
  return count_parameters(model.config) < 10'000'000;
}

// ---- together against one after another ------------------------------------------------------

// n greedy texts with prompts of different lengths: the time is the model's.
std::vector<BatchRequest> requests_for(const Ids& prompt, std::size_t n, int n_new) {
  std::vector<BatchRequest> requests(n, {prompt, greedy_options(n_new)});
  for (std::size_t i = 0; i < n; ++i) {
    requests[i].prompt.resize(prompt.size() + i, prompt.back());
  }
  return requests;
}

std::string measure_throughput(const Model& model, const Ids& prompt) {
  const int n_new = is_small(model) ? 128 : 32;
  std::string text = format(
      "| texts, %d new tokens each | one after another, tokens/s | together, tokens/s | "
      "times faster |\n| ---: | ---: | ---: | ---: |\n",
      n_new);
  for (const std::size_t n : {1, 2, 4, 8, 16}) {
    const std::vector<BatchRequest> requests = requests_for(prompt, n, n_new);
    std::vector<Generated> alone(n), together;
    const double alone_s = time_of([&] {
      for (std::size_t i = 0; i < n; ++i) {
        alone[i] = generate_cached(model, requests[i].prompt, requests[i].options);
      }
    });
    const double together_s = time_of([&] { together = generate_batch(model, requests); });
    for (std::size_t i = 0; i < n; ++i) CHECK(alone[i].tokens == together[i].tokens);
    const double tokens = static_cast<double>(n) * n_new;
    text += format("| %zu | %.0f | %.0f | %.1f |\n", n, tokens / alone_s, tokens / together_s,
                   alone_s / together_s);
  }
  return text;
}

// ---- a long prompt comes in ------------------------------------------------------------------

// A text runs when a prompt of n_prompt ids joins: the longest step until that one's first token.
std::string measure_joining(const Model& model, const Ids& prompt, std::size_t n_prompt) {
  std::string text = format(
      "| ids of prompts a step | longest step, ms | steps until the first token | ms until then |\n"
      "| ---: | ---: | ---: | ---: |\n");
  for (const std::size_t prompt_rows : {0, 16, 64, 256, 512}) {
    RaggedBatch batch(model, prompt_rows);
    batch.join(prompt, greedy_options(1 << 20));
    for (int i = 0; i < 5; ++i) batch.step();
    const std::size_t joined = batch.join(Ids(n_prompt, prompt.back()), greedy_options(2));
    double longest = 0, sum = 0;
    int steps = 0;
    while (batch.result(joined).tokens.empty()) {
      const Stopwatch watch;
      batch.step();
      const double seconds = watch.seconds();
      longest = std::max(longest, seconds);
      sum += seconds;
      ++steps;
    }
    text += format("| %zu | %.1f | %d | %.0f |\n", prompt_rows, longest * 1e3, steps, sum * 1e3);
  }
  return text;
}

// ---- the price of length ---------------------------------------------------------------------

// Milliseconds that a decoded token of each of these caches takes when all go together.
double decode_ms(const Model& model, std::vector<KvCache>& caches) {
  constexpr int kSteps = 16;
  const std::size_t length = caches[0].length();
  const double seconds = time_of([&] {
    for (int i = 0; i < kSteps; ++i) {
      std::vector<ForwardRow> rows;
      for (KvCache& cache : caches) rows.push_back({7, cache.length(), &cache, true});
      forward_cached(model, rows);
    }
    for (KvCache& cache : caches) cache.truncate(length);
  });
  return seconds * 1e3 / (kSteps * static_cast<double>(caches.size()));
}

std::vector<Curve> measure_lengths(const Model& model) {
  constexpr std::size_t kTogether = 8;
  std::vector<Curve> curves = {{"alone", {}}, {"one of 8 together", {}}};
  KvCache cache(model);
  const std::size_t last = is_small(model) ? 8192 : 4096;
  for (std::size_t length = 16; length <= last; length = length < 512 ? 512 : 2 * length) {
    const Ids ids(length - cache.length(), 7);
    prefill(model, cache, ids);
    std::vector<KvCache> caches;
    while (caches.size() < kTogether) caches.push_back(cache.fork(model));
    const auto x = static_cast<double>(length);
    curves[1].points.emplace_back(x, decode_ms(model, caches));
    caches.erase(caches.begin() + 1, caches.end());
    curves[0].points.emplace_back(x, decode_ms(model, caches));
  }
  return curves;
}

std::string length_table(const std::vector<Curve>& curves) {
  std::string text =
      "| positions in the cache | ms a token, alone | ms a token, one of 8 together |\n"
      "| ---: | ---: | ---: |\n";
  for (std::size_t i = 0; i < curves[0].points.size(); ++i) {
    text += format("| %.0f | %.3f | %.3f |\n", curves[0].points[i].first,
                   curves[0].points[i].second, curves[1].points[i].second);
  }
  return text;
}

}  // namespace

std::string measure(const ProgramFlags& flags) {
  const BookModel book = open_book_model(flags, "auto");
  const Ids prompt = book.tokenizer.encode(kPrompt, true, false);
  const double millions = static_cast<double>(count_parameters(book.model.config)) / 1e6;
  std::string text = format(
      "A model of %.1f million parameters, measured on %s: %s, %d threads, kernel set `%s`, "
      "shortest of %d runs (the second table: one run).\n\n",
      millions, today().c_str(), flags.text("--machine", "a machine without a name").c_str(),
      book.pool->size(), std::string(book.kernels->name()).c_str(), kRuns);
  text += measure_throughput(book.model, prompt) + '\n';
  text += measure_joining(book.model, prompt, 512) + '\n';
  const std::vector<Curve> curves = measure_lengths(book.model);
  if (flags.has("--figure")) {
    std::ofstream(flags.text("--figure", ""))
        << draw_curves(curves, "positions in the cache", "milliseconds a decoded token");
  }
  return text + length_table(curves);
}

}  // namespace tokenwalk
