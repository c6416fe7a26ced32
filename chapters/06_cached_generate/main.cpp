// Chapter 6: generating with a K/V cache. What each loop feeds, the proof that cached equals
// uncached, bytes, and loops that are wrong; with --measure, times instead.
#include <cstdio>
#include <string>
#include <vector>

#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/06_cached_generate/program/figures.h"
#include "chapters/06_cached_generate/program/inspect.h"
#include "chapters/06_cached_generate/program/measure.h"
#include "chapters/06_cached_generate/program/report.h"
#include "chapters/06_cached_generate/proof.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

//! [06-main-2]
void show_positions(const Model& model, const std::vector<int>& prompt) {
  std::printf("  new tokens  naive  cached  naive / cached  tokens\n");
  for (const int n : {1, 8, 32, 64}) {
    const Generated naive = generate_naive(model, prompt, greedy_options(n));
    const Generated cached = generate_cached(model, prompt, greedy_options(n));
    std::printf("  %10d  %5zu  %6zu  %14.1f  %s\n", n, naive.evaluated, cached.evaluated,
                static_cast<double>(naive.evaluated) / static_cast<double>(cached.evaluated),
                naive.tokens == cached.tokens ? "the same" : "DIFFERENT");
  }
}
//! [06-main-2]

void show_nine(const Model& model, const std::vector<int>& prompt) {
  KvCache cache(model);
  const std::vector<float> logits = prefill(model, cache, prompt, 1);  // token by token
  int same = 0;
  for (int i = 0; i < kNine; ++i) {
    same += logits[static_cast<std::size_t>(kNineIds[i])] == kNineLogits[i] ? 1 : 0;
  }
  std::printf("  the nine words: %d of %d logits are the very floats of chapters 02 and 04\n\n",
              same, kNine);
}

void show_proof(const Model& model, const std::vector<int>& ids, const char* label,
                const std::vector<std::size_t>& calls) {
  const Proof proof = prove_cached_equals_full(model, ids, calls);
  std::printf("  %-22s %zu of %zu logits differ, %zu of %zu K/V values differ\n", label,
              proof.logits_differ, proof.logits, proof.kv_differ, proof.kv);
}

//! [06-main-4]
void show_bytes(const Model& model, const std::vector<int>& prompt) {
  std::printf("  positions  formula  allocated\n");
  for (const std::size_t length : {prompt.size(), kKvBlock, kKvBlock + 1}) {
    KvCache cache(model);
    prefill(model, cache, std::vector<int>(length, prompt[0]));
    std::printf("  %9zu  %7zu  %9zu\n", cache.length(), kv_cache_bytes(model, length),
                cache.bytes());
  }
}
//! [06-main-4]

void run(const ProgramFlags& flags) {
  if (flags.has("--measure")) {
    std::printf("%s", measure(flags).c_str());
    return;
  }
  BookModel book = open_book_model(flags, "auto");
  const std::vector<int> prompt = book.tokenizer.encode(kPrompt, true, false);
  if (flags.has("--figures")) {
    const std::string folder = flags.text("--figures", "");
    write_figure(folder, "positions.svg", draw_positions(book.model, prompt, 64));
    write_figure(folder, "cache_layout.svg", draw_cache_layout(book.model, prompt, 8));
    return;
  }
  //! [06-main-1]
  std::printf("== 1. What each loop feeds\n\n%s", report_fed(book, prompt, 4).c_str());
  //! [06-main-1]
  std::printf("\n== 2. Positions evaluated\n\n");
  show_positions(book.model, prompt);

  std::printf("\n== 3. Cached equals uncached\n\n");
  //! [06-main-3]
  show_nine(book.model, prompt);
  std::vector<int> ids = prompt;  // 6 + 32 = 38 tokens
  for (const int id : generate_cached(book.model, prompt, greedy_options(32)).tokens)
    ids.push_back(id);
  std::vector<std::size_t> as_generated(33, 1);
  as_generated[0] = prompt.size();
  show_proof(book.model, ids, "38 at once", {38});
  show_proof(book.model, ids, "38 one by one", std::vector<std::size_t>(38, 1));
  show_proof(book.model, ids, "6, then one by one", as_generated);
  show_proof(book.model, ids, "7 + 7 + 7 + 7 + 7 + 3", {7, 7, 7, 7, 7, 3});
  show_proof(book.model, ids, "1 + 36 + 1", {1, 36, 1});
  //! [06-main-3]

  std::printf("\n== 4. Bytes of K and V\n\n");
  show_bytes(book.model, prompt);
  //! [06-main-5]
  std::printf("\n== 5. Two loops that are wrong, 8 new tokens\n");
  for (const char* text : {kPrompt, "Once upon a time"}) {
    std::printf("\n  \"%s\"\n%s", text,
                report_loops(book, book.tokenizer.encode(text, true, false), 8).c_str());
  }
  //! [06-main-5]
  //! [06-main-6]
  std::printf("\n== 6. The next turn: what is fed after 4 new tokens\n\n%s",
              report_next_turn(book, prompt, 4).c_str());
  //! [06-main-6]
  //! [06-main-7]
  std::printf("\n== 7. A position that is the number of the step\n\n%s",
              report_wrong_position(book, prompt).c_str());
  //! [06-main-7]
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  std::vector<tokenwalk::Flag> takes = tokenwalk::model_flags();
  takes.push_back({"--measure", "", "times as Markdown, and nothing else"});
  takes.push_back({"--machine", "WORDS", "what the times say they were measured on"});
  takes.push_back(tokenwalk::figures_flag());
  return tokenwalk::run_chapter(argc, argv, takes, tokenwalk::run);
}
