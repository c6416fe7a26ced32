#include "chapters/06_cached_generate/program/report.h"

#include "chapters/04_transformer/forward_full.h"
#include "chapters/04_transformer/program/trace.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/06_cached_generate/known_wrong.h"
#include "chapters/06_cached_generate/program/inspect.h"
#include "chapters/06_cached_generate/proof.h"
#include "lib/base/check.h"
#include "lib/base/format.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;
using Loop = Generated (*)(const Model&, KvCache&, std::span<const int>, const GenerateOptions&);

Ids joined(Ids a, const Ids& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// What generate_cached does, with the cache to look at afterwards.
Generated right_loop(const Model& model, KvCache& cache, std::span<const int> prompt,
                     const GenerateOptions& options) {
  return decode(model, cache, prefill(model, cache, prompt), options);
}

std::string report_loop(const BookModel& book, const Ids& prompt, int n, const char* label,
                        Loop loop) {
  KvCache cache(book.model);
  const Ids tokens = loop(book.model, cache, prompt, greedy_options(n)).tokens;
  const CacheCheck check = check_cache(book.model, cache, joined(prompt, tokens));
  return format("  %-18s  %6zu  %7zu  %4zu of %4zu  %s\n", label, cache.length(), check.correct,
                check.differ, check.values, shown(book, tokens).c_str());
}

// Feeds `fed` to a cache that answered the prompt; compares with a full pass over the whole text.
std::string report_turn(const BookModel& book, const Ids& prompt, const Ids& answer, const Ids& fed,
                        const Ids& whole, const char* label) {
  KvCache cache(book.model);
  right_loop(book.model, cache, prompt, greedy_options(static_cast<int>(answer.size())));
  const std::vector<float> logits = prefill(book.model, cache, fed);
  const std::vector<float> full = forward_full(book.model, whole, LogitRows::kLast).logits;
  return format("  %-15s %-15s  cached %2zu of %2zu, %4zu of %zu logits differ\n", label,
                shown(book, fed).c_str(), cache.length(), whole.size(),
                count_different_bits(logits, full), full.size());
}

}  // namespace

std::string report_fed(BookModel& book, const Ids& prompt, int n_steps) {
  TraceKernels trace(book.model);  // overhears which rows of the embedding table are read
  const KernelSet* kernels = book.model.kernels;
  book.model.kernels = &trace;
  std::vector<Ids> naive, cached;  // one list a step
  GenerateOptions options = greedy_options(n_steps);
  options.on_token = [&](int) { return naive.push_back(trace.take_ids()), true; };
  generate_naive(book.model, prompt, options);
  options.on_token = [&](int) { return cached.push_back(trace.take_ids()), true; };
  generate_cached(book.model, prompt, options);
  book.model.kernels = kernels;

  std::string text = format("  step  %-46s  %s\n", "naive feeds", "cached feeds");
  for (std::size_t i = 0; i < naive.size(); ++i) {
    text += format("  %4zu  %2zu: %-42s  %2zu: %s\n", i + 1, naive[i].size(),
                   shown(book, naive[i]).c_str(), cached[i].size(), shown(book, cached[i]).c_str());
  }
  return text;
}

std::string report_loops(const BookModel& book, const Ids& prompt, int n) {
  return format("  %-18s  %6s  %7s  %s\n", "", "cached", "correct", "K/V that differ") +
         report_loop(book, prompt, n, "generate_cached", right_loop) +
         report_loop(book, prompt, n, "last token twice", generate_feeding_last_twice) +
         report_loop(book, prompt, n, "all at every step", generate_feeding_everything);
}

std::string report_next_turn(const BookModel& book, const Ids& prompt, int n) {
  const Ids answer = generate_cached(book.model, prompt, greedy_options(n)).tokens;
  const Ids user = book.tokenizer.encode(" The dog", true, false);
  const Ids pending_first = joined({answer.back()}, user);
  const Ids whole = joined(joined(prompt, answer), user);
  return report_turn(book, prompt, answer, pending_first, whole, "pending first") +
         report_turn(book, prompt, answer, user, whole, "not fed at all");
}

std::string report_wrong_position(const BookModel& book, const Ids& prompt) {
  KvCache cache(book.model);
  prefill(book.model, cache, prompt);
  const ForwardRow row = {prompt.back(), 1, &cache, true};  // step 1, not position 6
  try {
    forward_cached(book.model, {&row, 1});
    return "  a row at position 1 for a cache of 6: accepted\n";
  } catch (const CheckFailure&) {
    return "  a row at position 1 for a cache of 6: refused\n";
  }
}

}  // namespace tokenwalk
