// Loads a model, writes a text while it comes, goes on with it, and says how likely a word was.
#include "chapters/tokenwalk.h"

#include <cstdio>
#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 2) throw std::runtime_error("usage: write MODEL (a folder or a GGUF file)");
  tokenwalk::ThreadPool threads(tokenwalk::available_processors());
  const auto kernels = tokenwalk::kernel_set_named("auto", threads);
  const tokenwalk::Model model = tokenwalk::load_model(argv[1], *kernels);
  const auto tokenizer = tokenwalk::load_tokenizer(argv[1]);
  const auto encode = [&](const char* text) { return tokenizer.encode(text, false, false); };
  const auto say = [&](const char* text) { return std::cout << text, encode(text); };

  // Generate, and hear of every token. A character may take several: the stream puts them together.
  tokenwalk::Utf8Stream characters;
  tokenwalk::GenerateOptions options = tokenwalk::greedy_options(20);
  options.on_token = [&](int id) {
    std::cout << characters.push(tokenizer.decode_shown({id})) << std::flush;
    return true;  // false would end the text here
  };
  tokenwalk::Session session(model);
  session.generate(say("Once upon a time"), options);

  // Continue: what the session has seen is not evaluated again.
  const tokenwalk::Generated more = session.generate(say(" In the end"), options);
  std::cout << characters.flush() << "\n" << more.evaluated << " positions evaluated\n";

  // Score: how likely each word is to come next.
  session.flush();
  const std::vector<double> log_probs = tokenwalk::log_softmax(session.logits());
  for (const char* word : {" the", " Rosa"}) {
    std::printf("ln p(%s) = %.4f\n", word, log_probs[encode(word).at(0)]);
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
