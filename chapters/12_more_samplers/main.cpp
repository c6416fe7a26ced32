// Chapter 12: samplers that look back, and cuts that are not from the top. The nine words of
// chapter 2 first, then the bundled model, which repeats itself until it may not.
#include <cmath>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/12_more_samplers/bias.h"
#include "chapters/12_more_samplers/chain.h"
#include "chapters/12_more_samplers/dry.h"
#include "chapters/12_more_samplers/filters.h"
#include "chapters/12_more_samplers/known_wrong.h"
#include "chapters/12_more_samplers/penalties.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;
using Logits = std::vector<double>;

const Ids kText = {3, 3, 2, 3};  // " mat mat bed mat", in places of the nine words
const char* const kCounting = "one two one two one two";
const Ids kLetters = {0, 1, 2, 2, 1, 2, 3, 0, 1, 2};  // a b c c b c d a b c

// One column of a table: a title and a number for each of the nine words.
struct Column {
  const char* title;
  Logits values;
};

void print_table(const std::vector<Column>& columns) {
  std::printf("  %-8s", "word");
  for (const Column& column : columns) std::printf("%12s", column.title);
  for (std::size_t i = 0; i < kNine; ++i) {
    std::printf("\n  %-8s", kNineWords[i]);
    for (const Column& column : columns) {
      const double value = column.values[i];
      value == 0 ? std::printf("%12s", "-") : std::printf("%12.4f", value);
    }
  }
  std::printf("\n");
}

Column penalised(const char* title, const PenaltyOptions& options) {
  Logits logits(kNineLogits, kNineLogits + kNine);
  penalise(logits, kText, options);
  return {title, logits};
}

Column probs(const char* title, const Candidates& candidates) {
  Column column{title, Logits(kNine)};
  for (const Candidate& c : candidates) column.values[static_cast<std::size_t>(c.id)] = c.prob;
  return column;
}

//! [12-main-1]
void show_penalties() {
  print_table({penalised("logit", {}), penalised("r 1.2", {.repetition = 1.2}),
               penalised("f 0.5", {.frequency = 0.5}), penalised("pres 0.5", {.presence = 0.5}),
               penalised("all three", {.repetition = 1.2, .frequency = 0.5, .presence = 0.5}),
               penalised("last 1", {.repetition = 1.2, .last_n = 1})});
}
//! [12-main-1]

// What is left of the nine words, or the error.
void print_left(const char* what, const BiasOptions& bias) {
  const Ids ends = {8};
  std::printf("  %-26s", what);
  try {
    ChainOptions options;
    options.bias = bias;
    const Logits logits = shape_logits(kNineLogits, options, {kText, 0, ends});
    for (std::size_t i = 0; i < kNine; ++i) {
      if (logits[i] > -1e300) std::printf("%s", kNineWords[i]);
    }
  } catch (const Error& error) {
    std::printf(" %s: %s", error.parts().message.c_str(), error.parts().found.c_str());
  }
  std::printf("\n");
}

//! [12-main-2]
void show_bans() {
  print_left("nothing", {});
  print_left("logit_bias mat -inf", {.logit_bias = {{3, -INFINITY}}});
  print_left("allowed bed, mat, roof", {.allowed = Ids{2, 3, 8}});
  print_left("banned \"mat bed\"", {.banned = {{3, 2}}});
  print_left("banned \"bed mat\"", {.banned = {{2, 3}}});
  print_left("no 1-gram twice", {.no_repeat_ngram = 1});
  print_left("no 2-gram twice", {.no_repeat_ngram = 2});
  print_left("no 3-gram twice", {.no_repeat_ngram = 3});
  print_left("roof ends; 1 new at least", {.min_new_tokens = 1});
  print_left("allowed: nothing", {.allowed = Ids{}});
}
//! [12-main-2]

void print_dry(const char* what, const DryOptions& options, decltype(&apply_dry) dry = apply_dry) {
  Logits logits(4);
  dry(logits, kLetters, options);
  std::printf("  %-28s", what);
  for (const double logit : logits) std::printf("%9.4f", logit);
  std::printf("\n");
}

//! [12-main-3]
void show_dry() {
  std::printf("  text     ");
  for (const int id : kLetters) std::printf("%3c", 'a' + id);
  std::printf("\n  repeats  ");
  for (const std::size_t n : suffix_repeats(kLetters)) std::printf("%3zu", n);
  std::printf("\n\n  %-28s%9c%9c%9c%9c\n", "added to the logit of", 'a', 'b', 'c', 'd');
  const DryOptions usual = {.multiplier = 0.8, .breakers = {}};
  DryOptions longer = usual, breaker = usual, own = usual;
  longer.allowed_length = 3;
  breaker.breakers = {{0}};
  own.breakers = {{2, 1}, {3}};
  print_dry("0.8, base 1.75, allowed 2", usual);
  print_dry("allowed 3", longer);
  print_dry("breaker a", breaker);
  print_dry("breakers cb, d", own);
}
//! [12-main-3]

//! [12-main-4]
void show_cuts() {
  const Candidates all = make_candidates(kNineLogits);
  print_table({probs("all", all), probs("top-p 0.8", cut_nucleus(all, 0.8)),
               probs("typical 0.4", cut_typical(all, 0.4)),
               probs("1 sigma", cut_top_n_sigma(all, 1)), probs("xtc 0.1", cut_xtc(all, 1, 0.1, 0)),
               probs("xtc 0.2", cut_xtc(all, 1, 0.2, 0))});
}
//! [12-main-4]

Candidates in_order(const std::vector<ChainStep>& order) {
  ChainOptions options;
  options.basic.temperature = 2;
  options.basic.top_p = 0.8;
  options.penalties.frequency = 1;
  options.order = order;
  return chain_distribution(kNineLogits, options, {kText, 0, {}}, 0);
}

//! [12-main-5]
void show_orders() {
  using enum ChainStep;
  print_table({probs("f, T, p", in_order({kPenalties, kTemperature, kTopP})),
               probs("T, f, p", in_order({kTemperature, kPenalties, kTopP})),
               probs("T, p, f", in_order({kTemperature, kTopP, kPenalties})),
               probs("p alone", in_order({kTopP}))});
}
//! [12-main-5]

//! [12-main-6]
void show_wrong() {
  const Ids twice = {0, 0, 1};
  const PenaltyOptions repetition = {.repetition = 2};
  Logits right = {4, -4, 0}, wrong = right;
  penalise(right, twice, repetition);
  penalise_dividing(wrong, twice, repetition);
  std::printf("  logits 4, -4, 0; text 0 0 1; repetition 2:  right %g %g %g  dividing %g %g %g\n",
              right[0], right[1], right[2], wrong[0], wrong[1], wrong[2]);
  const DryOptions breaker = {.multiplier = 0.8, .breakers = {{0}}};
  print_dry("breaker a", breaker);
  print_dry("breaker a, crossed", breaker, apply_dry_across_breakers);
  const Candidates all = make_candidates(kNineLogits);
  print_table(
      {probs("xtc 0.1", cut_xtc(all, 1, 0.1, 0)), probs("all gone", cut_xtc_all(all, 1, 0.1, 0))});
}
//! [12-main-6]

//! [12-main-texts]
// The likeliest text, and how many of its sequences of three tokens are different ones.
void print_text(const BookModel& book, const char* what, const ChainOptions& options) {
  const Ids prompt = book.tokenizer.encode(kCounting, true, false);
  GenerateOptions generate = greedy_options(60);
  generate.pick = ChainPicker(options, prompt, book.model.config.eos_ids, generate.seed, 0);
  const Ids tokens = generate_cached(book.model, prompt, generate).tokens;
  std::set<Ids> different;
  for (auto i = tokens.begin(); i + 3 <= tokens.end(); ++i) different.insert(Ids(i, i + 3));
  std::printf("  %s: %zu of %zu\n    ...%s\n", what, different.size(), tokens.size() - 2,
              shown(book, tokens).c_str());
}
//! [12-main-texts]

//! [12-main-7]
void show_texts(const ProgramFlags& flags) {
  const BookModel book = open_book_model(flags, "auto");
  ChainOptions greedy;
  greedy.basic.temperature = 0;
  ChainOptions repetition = greedy, ngram = greedy, dry = greedy;
  repetition.penalties.repetition = 1.3;
  ngram.bias.no_repeat_ngram = 3;
  dry.dry.multiplier = 0.8;
  print_text(book, "nothing", greedy);
  print_text(book, "repetition 1.3", repetition);
  print_text(book, "no 3-gram twice", ngram);
  print_text(book, "dry 0.8", dry);
}
//! [12-main-7]

void run(const ProgramFlags& flags) {
  std::printf("== 1. Penalties after the text \" mat mat bed mat\": logits\n\n");
  show_penalties();
  std::printf("\n== 2. Bans after the same text: what is left\n\n");
  show_bans();
  std::printf("\n== 3. Don't repeat yourself\n\n");
  show_dry();
  std::printf("\n== 4. Cuts beside top-p: probabilities\n\n");
  show_cuts();
  std::printf(
      "\n== 5. One set of options, four orders: frequency f 1, temperature T 2, top-p 0.8\n\n");
  show_orders();
  std::printf("\n== 6. Three that are wrong\n\n");
  show_wrong();
  std::printf("\n== 7. The likeliest text after \"%s\": different sequences of three tokens\n\n",
              kCounting);
  show_texts(flags);
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, tokenwalk::model_flags(), tokenwalk::run);
}
