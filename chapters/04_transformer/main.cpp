// Chapter 4: one pass through the model, from ids to logits, with every shape written down and the
// attention of one head.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/04_transformer/forward_full.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/04_transformer/program/figures.h"
#include "chapters/04_transformer/program/show.h"
#include "chapters/04_transformer/program/small_numbers.h"
#include "lib/draw/svg.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kLayer = 3;  // whose attention is shown
constexpr std::size_t kHead = 5;

// Row t of the logits of a pass, [vocab].
std::span<const float> logits_row(const BookModel& book, const FullForward& pass, std::size_t t) {
  const std::size_t vocab = book.model.config.vocab;
  return {pass.logits.data() + t * vocab, vocab};
}

//! [04-main-1]
void show_tokens(const BookModel& book, const std::vector<int>& ids) {
  std::printf("== 1. \"%s\" is %zu tokens\n\n  position    id  token\n", kPrompt, ids.size());
  for (std::size_t t = 0; t < ids.size(); ++t) {
    std::printf("  %8zu  %4d  %s\n", t, ids[t], quoted(book, ids[t]).c_str());
  }
}
//! [04-main-1]

std::vector<std::string> words(const BookModel& book, const std::vector<int>& ids) {
  std::vector<std::string> labels;
  labels.reserve(ids.size());
  for (const int id : ids) labels.push_back(book.tokenizer.tokenizer.token(id));
  return labels;
}

//! [04-main-4]
std::vector<float> weights_of_head(const BookModel& book, const TraceKernels& trace,
                                   const FullForward& pass) {
  return attention_weights(trace, book.model.config.attention, trace.queries()[kLayer],
                           *pass.kv[kLayer], kHead);
}

void show_attention(const BookModel& book, const std::vector<int>& ids, const TraceKernels& trace,
                    const FullForward& pass) {
  std::printf("\n== 4. How much each token takes of those before it: layer %zu, head %zu\n\n%s",
              kLayer, kHead,
              format_attention(weights_of_head(book, trace, pass), words(book, ids)).c_str());
}
//! [04-main-4]

//! [04-main-5]
void show_rows(const BookModel& book, const std::vector<int>& ids, const FullForward& pass) {
  std::printf("\n== 5. Every row of logits predicts the next token\n\n");
  for (std::size_t t = 0; t < ids.size(); ++t) {
    const std::span<const float> row = logits_row(book, pass, t);
    const int best = best_ids(row, 1)[0];
    std::printf("  row %zu, after %-9s best %-10s %8.4f\n", t, quoted(book, ids[t]).c_str(),
                quoted(book, best).c_str(), row[static_cast<std::size_t>(best)]);
  }
  const FullForward part = forward_full(book.model, {ids.data(), 3}, LogitRows::kAll);
  const bool same = std::equal(part.logits.begin(), part.logits.end(), pass.logits.begin());
  std::printf("  a pass over the first 3 tokens alone: rows 0 to 2 are %s\n",
              same ? "the same floats" : "DIFFERENT");
}
//! [04-main-5]

//! [04-main-6]
void show_nine_words(const BookModel& book, std::span<const float> last_row) {
  std::printf("\n== 6. The nine best next tokens\n\n    id  token         logit  chapter 02\n");
  int same = 0;
  for (const int id : best_ids(last_row, kNine)) {  // largest logit first
    const auto i = std::find(std::begin(kNineIds), std::end(kNineIds), id) - std::begin(kNineIds);
    const float logit = last_row[static_cast<std::size_t>(id)];
    const float constant = i < kNine ? kNineLogits[i] : 0;
    std::printf("  %4d  %-10s %8.4f  %10.4f\n", id, quoted(book, id).c_str(), logit, constant);
    same += logit == constant ? 1 : 0;
  }
  std::printf("  %d of %d are the very same float\n", same, kNine);
}
//! [04-main-6]

void run(const ProgramFlags& flags) {
  BookModel book = open_book_model(flags, "reference");
  const ModelConfig& c = book.model.config;
  const std::vector<int> ids = book.tokenizer.encode(kPrompt, true, false);
  //! [04-main-3]
  TraceKernels trace(book.model);
  book.model.kernels = &trace;  // the same bits, and every step written down

  const FullForward pass = forward_full(book.model, ids, LogitRows::kAll);
  const std::string steps = format_steps(trace.steps(), c.n_layers);
  if (flags.has("--figures")) {
    write_figure(flags.text("--figures", ""), "attention.svg",
                 draw_attention(weights_of_head(book, trace, pass), words(book, ids)));
    return;
  }
  //! [04-main-3]

  show_tokens(book, ids);
  //! [04-main-2]
  std::printf("\n== 2. Small numbers\n\n%s", small_numbers().c_str());
  //! [04-main-2]
  std::printf("\n== 3. One pass, shape by shape: %zu parameters\n\n%s", count_parameters(c),
              steps.c_str());
  show_attention(book, ids, trace, pass);
  show_rows(book, ids, pass);
  show_nine_words(book, logits_row(book, pass, ids.size() - 1));
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  std::vector<tokenwalk::Flag> takes = tokenwalk::model_flags();
  takes.push_back(tokenwalk::figures_flag());
  return tokenwalk::run_chapter(argc, argv, takes, tokenwalk::run);
}
