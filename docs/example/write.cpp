// Loads a model, writes a text as it comes, goes on with it, and says how likely the text was.
#include "chapters/tokenwalk.h"

#include <cstdio>
#include <iostream>
#include <stdexcept>

int main(int argc, char** argv) try {
  if (argc != 2) throw std::runtime_error("usage: write MODEL (a folder or a GGUF file)");
  tokenwalk::ThreadPool threads(tokenwalk::available_processors());
  const auto kernels = tokenwalk::kernel_set_named("auto", threads);
  const tokenwalk::Model model = tokenwalk::load_model(argv[1], *kernels);
  const auto tokenizer = tokenwalk::load_tokenizer(argv[1]);
  const auto encode = [&](const char* text) { return tokenizer.encode(text, false, false); };

  // Generate, and hear of the text while it comes, in whole characters.
  tokenwalk::Session session(model);
  const auto write = [&](const char* prompt) {
    std::cout << prompt;
    tokenwalk::TextStream stream(tokenizer);
    const auto loop = [&](const tokenwalk::GenerateOptions& options) {
      return session.generate(encode(prompt), options);
    };
    return tokenwalk::generate_text(
        loop, model.config, tokenwalk::greedy_options(20), stream,
        [](const std::string& piece) { std::cout << piece << std::flush; });
  };
  write("Once upon a time");

  // Continue: what the session has seen is not evaluated again.
  const tokenwalk::Generated more = write(" In the end");
  std::cout << "\n" << more.evaluated << " positions evaluated\n";

  // Score: how likely the model finds the whole text.
  const auto score = tokenwalk::score_text(model, session.tokens(), {});
  std::printf("perplexity %.4f over %zu tokens\n", score.perplexity(), score.predicted);
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
