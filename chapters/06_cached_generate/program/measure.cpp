#include "chapters/06_cached_generate/program/measure.h"

#include <vector>

#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/04_transformer/program/forwarding_kernels.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/06_cached_generate/program/timing.h"
#include "lib/base/check.h"
#include "lib/base/format.h"
#include "lib/base/stopwatch.h"

namespace tokenwalk {
namespace {

constexpr double kMost = 2e11;  // positions times parameters that the naive loop may evaluate

// ---- naive against cached --------------------------------------------------------------------

// Whether decoding hundreds of tokens is a matter of a second.
bool is_small(const Model& model) {
  return count_parameters(model.config) < 10'000'000;
}

std::string measure_curve(const Model& model, std::span<const int> prompt) {
  std::string text =
      "| new tokens | naive, positions | cached, positions | naive, s | cached, s "
      "| times faster |\n"
      "| ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const int n : {32, 64, 128, 256, 512}) {
    const double positions = n * (static_cast<double>(prompt.size()) + (n - 1) / 2.0);
    if (positions * static_cast<double>(count_parameters(model.config)) > kMost) break;
    const GenerateOptions options = greedy_options(n);
    Generated naive, cached;
    const double naive_s = time_of([&] { naive = generate_naive(model, prompt, options); });
    const double cached_s = time_of([&] { cached = generate_cached(model, prompt, options); });
    CHECK(naive.tokens == cached.tokens);
    text += format("| %d | %zu | %zu | %.4f | %.4f | %.1f |\n", n, naive.evaluated,
                   cached.evaluated, naive_s, cached_s, naive_s / cached_s);
  }
  return text;
}

// ---- the share of appending ------------------------------------------------------------------

//! [06-timed-append]
// Adds up the time of kv_write, the two readings of the clock included. A write that begins a block
// of positions makes room for it, and is counted apart.
class TimedAppend : public ForwardingKernels {
 public:
  using ForwardingKernels::ForwardingKernels;

  void kv_write(LayerKv& kv, std::size_t position, const float* k, const float* v) const override {
    const Stopwatch watch;
    inner_.kv_write(kv, position, k, v);
    (position % kKvBlock == 0 ? growing : writing) += watch.seconds();
  }

  mutable double writing = 0, growing = 0;
};
//! [06-timed-append]

// Seconds that TimedAppend adds for `n` writes of nothing: the clock alone.
double clock_seconds(std::size_t n) {
  double seconds = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const Stopwatch watch;
    seconds += watch.seconds();
  }
  return seconds;
}

// A line of the table: what appending costs with the kernels of this book.
std::string measure_append(BookModel& book, std::span<const int> prompt) {
  const KernelSet* kernels = book.model.kernels;
  const int n = is_small(book.model) ? 512 : 128;
  double step = 0, writing = 0, growing = 0;  // microseconds a token, of the shortest run
  for (int run = 0; run < kRuns; ++run) {
    TimedAppend timed(*kernels);
    book.model.kernels = &timed;
    KvCache cache(book.model);
    std::vector<float> logits = prefill(book.model, cache, prompt);
    timed.writing = timed.growing = 0;
    const Stopwatch watch;
    decode(book.model, cache, std::move(logits), greedy_options(n + 1));  // feeds n tokens
    const double time = watch.seconds() / n * 1e6;
    if (run > 0 && time >= step) continue;
    step = time;
    writing = timed.writing / n * 1e6;
    growing = timed.growing / n * 1e6;
  }
  book.model.kernels = kernels;
  writing -= clock_seconds(book.model.config.n_layers * 100000) / 100000 * 1e6;
  return format("| %s | %.1f | %.2f | %.2f | %.2f %% |\n", std::string(kernels->name()).c_str(),
                step, writing, growing, (writing + growing) / step * 100);
}

// ---- rates -----------------------------------------------------------------------------------

std::string measure_rates(const Model& model, std::span<const int> prompt) {
  std::vector<int> ids(prompt.begin(), prompt.end());
  const std::vector<int> text = generate_cached(model, prompt, greedy_options(768)).tokens;
  ids.insert(ids.end(), text.begin(), text.end());
  const auto tokens = std::span<const int>(ids);
  std::string table =
      "| cached positions before | prefill of 256, tokens/s | decode of 256, tokens/s |\n"
      "| ---: | ---: | ---: |\n";
  for (const std::size_t before : {0, 256, 512}) {
    KvCache cache(model);
    if (before > 0) prefill(model, cache, tokens.first(before));
    const double prefill_s = time_of([&] {
      cache.truncate(before);
      prefill(model, cache, tokens.subspan(before, 256));
    });
    const double decode_s = time_of([&] {
      cache.truncate(before);
      for (const int id : tokens.subspan(before, 256)) {
        const ForwardRow row = {id, cache.length(), &cache, true};
        forward_cached(model, {&row, 1});
      }
    });
    table += format("| %zu | %.0f | %.0f |\n", before, 256 / prefill_s, 256 / decode_s);
  }
  return table;
}

}  // namespace

std::string measure(const ProgramFlags& flags) {
  BookModel book = open_book_model(flags, "auto");
  ProgramFlags plain_flags = flags;
  plain_flags.given["--kernels"] = "reference";
  BookModel plain = open_book_model(plain_flags, "");
  const std::vector<int> prompt = book.tokenizer.encode(kPrompt, true, false);

  const std::string set(book.model.kernels->name());
  const double millions = static_cast<double>(count_parameters(book.model.config)) / 1e6;
  std::string text = format(
      "A model of %.1f million parameters, measured on %s: %s, %d threads, kernel set `%s`, "
      "shortest of %d runs.\n\n",
      millions, today().c_str(), flags.text("--machine", "a machine without a name").c_str(),
      book.pool->size(), set.c_str(), kRuns);
  text += measure_curve(book.model, prompt);
  text +=
      "\n| microseconds a decoded token | whole step | writing K and V | making room | share |\n"
      "| --- | ---: | ---: | ---: | ---: |\n";
  text += measure_append(plain, prompt);
  text += measure_append(book, prompt);
  if (is_small(book.model)) text += '\n' + measure_rates(book.model, prompt);
  return text;
}

}  // namespace tokenwalk
