// Chapter 10: how likely the model finds a text. Scores token by token, the raw distribution beside
// the one that is sampled from, perplexity in windows, the best of several continuations, and
// scores that are wrong.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/prompt.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/10_scoring/continuations.h"
#include "chapters/10_scoring/known_wrong.h"
#include "chapters/10_scoring/score_text.h"
#include "lib/base/format.h"
#include "lib/base/math.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;

Ids encode(const BookModel& book, const std::string& text) {
  return book.tokenizer.encode(text, true, false);
}

// Text for a column: n characters wide, whatever the alphabet.
std::string padded(const std::string& text, std::size_t n) {
  const auto is_first = [](char c) { return (c & 0xC0) != 0x80; };
  const auto wide = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_first));
  return text + std::string(wide < n ? n - wide : 0, ' ');
}

// ---- 1. token by token -----------------------------------------------------------------------

//! [10-main-tokens]
void show_tokens(const BookModel& book, const Ids& ids) {
  std::printf("  token        log p      p   likeliest in its place\n");
  std::printf("  %s      -      -\n", padded(quoted(book, ids[0]), 10).c_str());
  ScoreOptions options;
  options.top = 3;
  options.on_score = [&](const TokenScore& score) {
    std::string line = format("  %s  %7.3f  %5.3f  ", padded(quoted(book, score.id), 10).c_str(),
                              score.log_prob, math::exp(score.log_prob));
    for (const IdLogProb& other : score.top) {
      line += format(" %s %.3f", quoted(book, other.id).c_str(), other.log_prob);
    }
    std::printf("%s\n", line.c_str());
  };
  const TextScore score = score_text(book.model, ids, options);
  std::printf("\n  %zu ids predicted, mean of -log p %.4f, perplexity %.4f\n", score.predicted,
              score.mean_nll(), score.perplexity());
}
//! [10-main-tokens]

// ---- 2. two distributions --------------------------------------------------------------------

//! [10-main-2]
void show_distributions(const BookModel& book, const Ids& prompt) {
  SamplingOptions sampling;
  sampling.temperature = 0.8;
  sampling.top_p = 0.9;
  KvCache cache(book.model);
  std::printf("  next      the model's  drawn from (temperature 0.8, top-p 0.9)\n");
  for (const TwoProbs& both :
       compare_distributions(prefill(book.model, cache, prompt), sampling, 9)) {
    std::printf("  %s  %11.4f  %6.4f\n", padded(quoted(book, both.id), 8).c_str(), both.raw,
                both.sampling);
  }
}
//! [10-main-2]

// ---- 3. texts --------------------------------------------------------------------------------

//! [10-main-3]
void show_texts(const BookModel& book) {
  std::printf("  predicted  mean -log p  perplexity\n");
  for (const char* text :
       {"The little cat sat on the mat and looked around.", "从前有一只小猫，它叫豆豆。",
        "The little mat sat on the cat and looked around.", "on cat the looked sat mat The and"}) {
    const TextScore score = score_text(book.model, encode(book, text), {});
    std::printf("  %9zu  %11.4f  %10.2f  %s\n", score.predicted, score.mean_nll(),
                score.perplexity(), text);
  }
}
//! [10-main-3]

// ---- 4. windows ------------------------------------------------------------------------------

//! [10-main-windows]
void show_windows(const BookModel& book, const Ids& ids) {
  std::printf("  window  stride  windows  evaluated  predicted  perplexity\n");
  for (const auto& [window, stride] :
       {std::pair<std::size_t, std::size_t>{600, 0}, {128, 1}, {128, 32}, {128, 64}, {128, 127}}) {
    ScoreOptions options;
    options.window = window;
    options.stride = stride;
    const TextScore score = score_text(book.model, ids, options);
    std::printf("  %6zu  %6zu  %7zu  %9zu  %9zu  %10.4f\n", window, stride,
                stride == 0 ? 1 : score_windows(ids.size(), window, stride).size(), score.evaluated,
                score.predicted, score.perplexity());
  }
}
//! [10-main-windows]

// A text of n tokens that the model writes.
Ids written(const BookModel& book, const Ids& prompt, int n) {
  GenerateOptions options = greedy_options(n);
  options.sampling.temperature = 1;
  options.seed = 10;
  Ids ids = prompt;
  for (const int id : generate_cached(book.model, prompt, options).tokens) ids.push_back(id);
  return ids;
}

// ---- 5. the best of several ------------------------------------------------------------------

//! [10-main-best]
// Continuations that were drawn, and which of them two rules prefer.
void show_best(const BookModel& book, const Ids& prompt) {
  std::vector<Ids> continuations;
  for (std::uint32_t stream = 0; stream < 6; ++stream) {
    GenerateOptions options;
    options.max_new_tokens = 40;
    options.stream = stream;
    options.seed = 3;
    options.stop_ids = encode(book, ".");
    continuations.push_back(generate_cached(book.model, prompt, options).tokens);
  }
  const auto scores = score_continuations(book.model, prompt, continuations);
  std::printf("  ids  sum of log p     mean\n");
  for (std::size_t i = 0; i < scores.size(); ++i) {
    std::printf("  %3zu  %12.4f  %7.4f  %s%s%s\n", scores[i].n, scores[i].sum, scores[i].mean(),
                shown(book, continuations[i]).c_str(), i == best_by_sum(scores) ? "  < sum" : "",
                i == best_by_mean(scores) ? "  < mean" : "");
  }
}
//! [10-main-best]

// ---- 6. wrong --------------------------------------------------------------------------------

//! [10-main-6]
void show_wrong(const BookModel& book, const Ids& ids, const Ids& long_ids) {
  ScoreOptions options;
  std::vector<double> log_probs;
  options.on_score = [&](const TokenScore& score) { log_probs.push_back(score.log_prob); };
  const TextScore score = score_text(book.model, ids, options);
  const std::vector<double> shifted = log_probs_shifted(book.model, ids);
  std::printf("  log p, as it should be     ");
  for (const double log_prob : log_probs) std::printf(" %7.3f", log_prob);
  std::printf("\n  shifted by one             ");
  for (const double log_prob : shifted) std::printf(" %7.3f", log_prob);
  std::printf("\n\n  perplexity                  %12.4f\n", score.perplexity());
  std::printf("  mean of the exponentials    %12.4f\n", perplexity_of_exponentials(log_probs));
  options = {};
  options.window = 32;
  options.stride = 16;
  std::printf("\n  perplexity, windows of 32, stride 16  %10.4f\n",
              score_text(book.model, long_ids, options).perplexity());
  std::printf("  pieces of 32 that do not overlap      %10.4f\n",
              math::exp(mean_nll_in_pieces(book.model, long_ids, 32)));
}
//! [10-main-6]

void run(const ProgramFlags& flags) {
  const BookModel book = open_book_model(flags, "auto");
  const Ids prompt = encode(book, kPrompt);
  const Ids sentence = encode(book, "The little cat sat on the mat and looked around.");
  const Ids long_ids = written(book, encode(book, "Once upon a time"), 596);
  std::printf("== 1. A text, token by token\n\n");
  show_tokens(book, sentence);
  std::printf("\n== 2. What the model says, and what the sampler draws from\n\n");
  show_distributions(book, prompt);
  std::printf("\n== 3. Texts\n\n");
  show_texts(book);
  std::printf("\n== 4. %zu ids in windows\n\n", long_ids.size());
  show_windows(book, long_ids);
  std::printf("\n== 5. The best of six\n\n");
  show_best(book, prompt);
  std::printf("\n== 6. Scores that are wrong\n\n");
  show_wrong(book, sentence, long_ids);
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, tokenwalk::model_flags(), tokenwalk::run);
}
