// Chapter 5: the naive loop. What each step costs, texts by seed, in one go and in two parts, and
// why a text ends.
#include <cstdio>
#include <string>
#include <vector>

#include "chapters/02_softmax_temperature/nine_words.h"
#include "chapters/04_transformer/program/book_model.h"
#include "chapters/05_naive_generate/generate_naive.h"
#include "chapters/05_naive_generate/known_wrong.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

constexpr const char* kChat = "<|im_start|>user\n1+1是多少？<|im_end|>\n<|im_start|>assistant\n";

//! [05-main-1]
// The same greedy text, one token longer each time: the difference is what a step evaluates.
void show_steps(const BookModel& book, const std::vector<int>& prompt, int n_steps) {
  GenerateOptions options;
  options.sampling.temperature = 0;
  std::printf("  step  positions  so far  new token\n");
  std::size_t before = 0;
  for (options.max_new_tokens = 1; options.max_new_tokens <= n_steps; ++options.max_new_tokens) {
    const Generated result = generate_naive(book.model, prompt, options);
    std::printf("  %4d  %9zu  %6zu  %s\n", options.max_new_tokens, result.evaluated - before,
                result.evaluated, quoted(book, result.tokens.back()).c_str());
    before = result.evaluated;
  }
}
//! [05-main-1]

void show_text(const BookModel& book, const char* label, const std::vector<int>& prompt,
               const GenerateOptions& options) {
  const Generated result = generate_naive(book.model, prompt, options);
  std::printf("  %-11s %2zu  %-12s  ...%s\n", label, result.tokens.size(),
              finish_name(result.finish), shown(book, result.tokens).c_str());
}

//! [05-main-2]
void show_texts(const BookModel& book, const std::vector<int>& prompt) {
  GenerateOptions options;
  options.max_new_tokens = 12;
  options.sampling.temperature = 0;
  show_text(book, "greedy", prompt, options);
  options.sampling.temperature = 0.8;
  options.sampling.top_p = 0.9;
  for (options.seed = 0; options.seed < 3; ++options.seed) {
    show_text(book, ("seed " + std::to_string(options.seed)).c_str(), prompt, options);
  }
}
//! [05-main-2]

//! [05-main-5]
void show_reasons(BookModel& book, const std::vector<int>& prompt, const std::vector<int>& chat) {
  GenerateOptions options;
  options.sampling.temperature = 0;
  options.max_new_tokens = 6;
  show_text(book, "6 allowed", prompt, options);
  show_text(book, "a question", chat, options);
  GenerateOptions stop = options, callback = options;
  stop.stop_ids = book.tokenizer.encode(" and", true, false);
  show_text(book, "stop \" and\"", prompt, stop);
  callback.on_token = [n = 0](int) mutable { return ++n < 3; };
  show_text(book, "callback", prompt, callback);
  book.model.config.context = prompt.size() + 4;  // as if the model were so small
  show_text(book, "context 10", prompt, options);
  book.model.config.context = prompt.size() - 1;
  try {
    show_text(book, "context 5", prompt, options);
  } catch (const Error& error) {
    std::printf("  context 5   %s\n", error.parts().message.c_str());
  }
}
//! [05-main-5]

using Generate = Generated (*)(const Model&, std::span<const int>, const GenerateOptions&);

//! [05-main-4]
// Eight tokens in one go, then four and four.
void show_parts(const BookModel& book, const char* label, std::vector<int> prompt,
                Generate generate) {
  GenerateOptions options;
  options.max_new_tokens = 8;  // seed 0, temperature 1
  const std::vector<int> whole = generate(book.model, prompt, options).tokens;
  options.max_new_tokens = 4;
  std::vector<int> parts = generate(book.model, prompt, options).tokens;
  prompt.insert(prompt.end(), parts.begin(), parts.end());
  const std::vector<int> rest = generate(book.model, prompt, options).tokens;
  parts.insert(parts.end(), rest.begin(), rest.end());
  std::printf("  %-18s 8    ...%s\n  %-18s 4+4  ...%s\n", label, shown(book, whole).c_str(), "",
              shown(book, parts).c_str());
}
//! [05-main-4]

void run(const ProgramFlags& flags) {
  BookModel book = open_book_model(flags, "auto");
  const std::vector<int> prompt = book.tokenizer.encode(kPrompt, true, false);
  const std::vector<int> chat = book.tokenizer.encode(kChat, true, false);
  std::printf("== 1. Step by step: \"%s\", %zu tokens\n\n", kPrompt, prompt.size());
  show_steps(book, prompt, 8);
  std::printf("\n== 2. Four texts: new tokens, why they end, text\n\n");
  show_texts(book, prompt);
  std::printf("\n== 3. A question: %s\n\n", on_one_line(kChat).c_str());
  //! [05-main-3]
  GenerateOptions greedy;
  greedy.sampling.temperature = 0;
  for (const int id : generate_naive(book.model, chat, greedy).tokens) {
    std::printf("  %4d  %s\n", id, quoted(book, id).c_str());
  }
  //! [05-main-3]
  std::printf("\n== 4. In one go and in two parts\n\n");
  show_parts(book, "keyed by position", prompt, generate_naive);
  show_parts(book, "keyed by step", prompt, generate_keyed_by_step);
  std::printf("\n== 5. Why a text ends\n\n");
  show_reasons(book, prompt, chat);
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  return tokenwalk::run_chapter(argc, argv, tokenwalk::model_flags(), tokenwalk::run);
}
