// Chapter 9: several texts in one pass. Who feeds what at each step, each text as if it were alone,
// samples that share a prompt, and batches that are wrong; with --measure, times instead.
#include <cstdio>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/prompt.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/06_cached_generate/proof.h"
#include "chapters/09_ragged_batch/known_wrong.h"
#include "chapters/09_ragged_batch/program/measure.h"
#include "lib/base/format.h"

namespace tokenwalk {
namespace {

using Ids = std::vector<int>;

Ids encode(const BookModel& book, const char* text) {
  return book.tokenizer.encode(text, true, false);
}

GenerateOptions drawn(int n, std::uint32_t stream = 0) {
  GenerateOptions options;
  options.max_new_tokens = n;
  options.sampling.temperature = 0.8;
  options.sampling.top_p = 0.9;
  options.seed = 7;
  options.stream = stream;
  return options;
}

// Four prompts of different length, and different ends.
std::vector<BatchRequest> four_requests(const BookModel& book) {
  std::vector<BatchRequest> requests = {
      {encode(book, kPrompt), drawn(8)},
      {encode(book, "<|im_start|>user\n1+1是多少？<|im_end|>\n<|im_start|>assistant\n"), drawn(8)},
      {encode(book, "Once upon a time"), drawn(12)},
      {encode(book, "从前有一只小猫，"), drawn(5)}};
  return requests;
}

// ---- 1. steps --------------------------------------------------------------------------------

// What a text did in a step: how many ids it fed, and its new token.
std::string shown_step(const BookModel& book, const Generated& before, const Generated& after) {
  if (after.evaluated == before.evaluated) return "";
  std::string text = format("%2zu", after.evaluated - before.evaluated);
  if (after.tokens.size() > before.tokens.size()) text += " " + quoted(book, after.tokens.back());
  return text;
}

//! [09-main-steps]
// A step of the batch, and what each text did in it.
void show_step(const BookModel& book, RaggedBatch& batch, std::vector<Generated>& texts) {
  batch.step();
  std::size_t rows = 0;
  std::string line;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Generated after = batch.result(i);
    rows += after.evaluated - texts[i].evaluated;
    line += format("%-15s", shown_step(book, texts[i], after).c_str());
    texts[i] = after;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  std::printf("  %4zu  %s\n", rows, line.c_str());
}

// Three texts join one after another; the first leaves early.
void show_steps(const BookModel& book) {
  RaggedBatch batch(book.model, 8);
  std::vector<Generated> texts;
  const auto join = [&](const char* prompt, int n) {
    batch.join(encode(book, prompt), greedy_options(n));
    texts.push_back({});
  };
  const auto steps = [&](int n) {
    for (int i = 0; i < n; ++i) show_step(book, batch, texts);
  };
  std::printf("  rows  text 0         text 1         text 2\n");
  join(kPrompt, 20);
  steps(2);
  join("There was a big house near the river, and in the house there lived an old man", 5);
  steps(1);
  join("Once upon a time", 5);
  steps(3);
  batch.leave(0);
  steps(3);
}
//! [09-main-steps]

// ---- 2. as if alone --------------------------------------------------------------------------

//! [09-main-alone]
// Options that also keep the logits which each token is sampled from.
GenerateOptions keeping_logits(const GenerateOptions& options, std::vector<float>& kept) {
  GenerateOptions keeping = options;
  keeping.pick = [options, &kept](std::span<const float> logits, std::size_t position) {
    kept.insert(kept.end(), logits.begin(), logits.end());
    return sample_at(logits, position, options);
  };
  return keeping;
}

void show_alone(const BookModel& book, const std::vector<BatchRequest>& requests) {
  std::vector<std::vector<float>> kept(requests.size());
  std::vector<BatchRequest> keeping = requests;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    keeping[i].options = keeping_logits(requests[i].options, kept[i]);
  }
  const std::vector<Generated> results = generate_batch(book.model, keeping);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    std::vector<float> logits;
    const Generated alone = generate_cached(book.model, requests[i].prompt,
                                            keeping_logits(requests[i].options, logits));
    std::printf("  %-10s %s tokens, %zu of %5zu logits differ  %s\n",
                finish_name(results[i].finish),
                results[i].tokens == alone.tokens ? "the same" : "OTHER",
                count_different_bits(kept[i], logits), logits.size(),
                shown(book, results[i].tokens).c_str());
  }
}
//! [09-main-alone]

// ---- 3. passes -------------------------------------------------------------------------------

//! [09-main-3]
void show_passes(const BookModel& book) {
  std::printf("  texts  positions  passes together  passes one by one\n");
  for (const std::size_t n : {1, 2, 4, 8, 16}) {
    RaggedBatch batch(book.model);
    for (std::uint32_t i = 0; i < n; ++i) {
      GenerateOptions options = drawn(32, i);
      options.ignore_eos = true;
      batch.join(encode(book, "One day"), options);
    }
    std::size_t passes = 1, one_by_one = 0, positions = 0;
    while (batch.step()) ++passes;
    for (std::size_t i = 0; i < n; ++i) {
      positions += batch.result(i).evaluated;
      one_by_one += batch.result(i).tokens.size();  // the first token's pass is the prompt's
    }
    std::printf("  %5zu  %9zu  %15zu  %17zu\n", n, positions, passes, one_by_one);
  }
}
//! [09-main-3]

// ---- 4. samples ------------------------------------------------------------------------------

//! [09-main-samples]
void show_samples(const BookModel& book) {
  const std::vector<GenerateOptions> samples = {drawn(8, 0), drawn(8, 1), drawn(8, 2)};
  RaggedBatch batch(book.model);
  batch.join(encode(book, kPrompt), samples);
  while (batch.step()) {
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Generated& result = batch.result(i);
    std::printf("  stream %zu  evaluated %2zu  ...%s\n", i, result.evaluated,
                shown(book, result.tokens).c_str());
  }
}
//! [09-main-samples]

// ---- 5. wrong --------------------------------------------------------------------------------

void show_results(const BookModel& book, const char* label, const std::vector<Generated>& results) {
  std::printf("  %s\n", label);
  for (const Generated& result : results) {
    std::printf("    %-10s %s\n", finish_name(result.finish), shown(book, result.tokens).c_str());
  }
}

//! [09-main-5]
void show_wrong(const BookModel& book, const std::vector<BatchRequest>& requests) {
  show_results(book, "as it should be", generate_batch(book.model, requests));
  show_results(book, "padded on the left, shared positions",
               generate_left_padded(book.model, requests, 0));
  show_results(book, "one end for all", generate_with_one_end(book.model, requests));
  show_results(book, "one stream for all", generate_with_one_stream(book.model, requests));
}
//! [09-main-5]

void run(const ProgramFlags& flags) {
  if (flags.has("--measure")) {
    std::printf("%s", measure(flags).c_str());
    return;
  }
  const BookModel book = open_book_model(flags, "auto");
  const std::vector<BatchRequest> requests = four_requests(book);
  std::printf("== 1. Step by step: ids fed, new token\n\n");
  show_steps(book);
  std::printf("\n== 2. Four texts together, each against itself alone\n\n");
  show_alone(book, requests);
  std::printf("\n== 3. Passes over the weights\n\n");
  show_passes(book);
  std::printf("\n== 4. Three samples, one prompt\n\n");
  show_samples(book);
  std::printf("\n== 5. Batches that are wrong\n\n");
  show_wrong(book, requests);
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  std::vector<tokenwalk::Flag> takes = tokenwalk::model_flags();
  takes.push_back({"--measure", "", "times as Markdown, and nothing else"});
  takes.push_back({"--machine", "WORDS", "what the times say they were measured on"});
  takes.push_back({"--figure", "FILE", "where --measure draws what a token costs by length (SVG)"});
  return tokenwalk::run_chapter(argc, argv, takes, tokenwalk::run);
}
